/** Whose a guest-physical address is, in words: its RAM's, a device's that its config lists or leaves out, or, empty, nobody's. */
import { DEVICE_RTC, DEVICE_UART } from '../abi/compartment'
import {
  DEVICE_SIZE,
  FLASH_IPA,
  FLASH_SIZE,
  GICC_IPA,
  GICC_SIZE,
  GICD_IPA,
  GICD_SIZE,
  GICR_IPA,
  GICR_STRIDE,
  RTC_IPA,
  STOLEN_IPA,
  UART_IPA,
  VIRTIO_IPA,
  VIRTIO_SLOTS,
  VIRTIO_STRIDE,
} from '../abi/guest-machine'
import { gicVersion } from './machine'
import { ramHolds, Vm } from './vm'

export function ownerOf(vm: Vm, ipa: u64): string {
  if (ramHolds(vm, ipa, 1)) return 'its RAM'
  if (lies(ipa, GICD_IPA, GICD_SIZE)) return 'its GIC distributor'
  if (gicVersion === 2 && lies(ipa, GICC_IPA, GICC_SIZE)) return 'its GIC CPU interface'
  if (gicVersion === 3 && lies(ipa, GICR_IPA, vm.vcpuCount * GICR_STRIDE)) return 'a GIC redistributor of its'
  if (lies(ipa, UART_IPA, DEVICE_SIZE))
    return vm.devices & DEVICE_UART ? 'its UART' : 'a UART that its config leaves out'
  if (lies(ipa, RTC_IPA, DEVICE_SIZE))
    return vm.devices & DEVICE_RTC ? 'its clock' : 'a clock that its config leaves out'
  if (vm.stolenPa && lies(ipa, STOLEN_IPA, DEVICE_SIZE)) return 'its stolen time, read-only'
  if (lies(ipa, VIRTIO_IPA, VIRTIO_SLOTS * VIRTIO_STRIDE)) return 'a virtio slot'
  if (lies(ipa, FLASH_IPA, FLASH_SIZE)) return 'flash, which is not fitted'
  return ''
}

function lies(ipa: u64, at: u64, size: u64): bool {
  return ipa - at < size
}

/** What boot says of itself: version, board, memory that guests cannot have, who runs where. */
import { PAGE_SHIFT } from '../abi/layout'
import * as hw from '../hw'
import { hasEntropySource } from './entropy'
import * as log from './log'
import { gicVersion } from './machine'
import { largestFree, pageCount } from './pages'
import { wantsEntropy } from './seed'
import { vcpuAt } from './vcpu'
import { NAME_SIZE, nameOf, Vm, vmAt, vmCount } from './vm'

/** Guests cannot have the image with its own data, nor the pages that core took. */
export function reportMemory(): void {
  log.begin()
  log.text('Bulkhead 0.1.0, GICv')
  log.decimal(gicVersion)
  log.text(', hypervisor memory ')
  log.amount(hw.image_size() + ((<u64>pageCount()) << PAGE_SHIFT))
  log.text(', largest free range ')
  log.amount(largestFree())
  log.end()
}

export function reportReady(): void {
  for (let i: u32 = 0; i < vmCount; i++) {
    const vm = vmAt(i)
    if (!vm.vcpuCount) continue // nobody's yet
    log.begin()
    log.text("VM '")
    log.bytes(nameOf(vm), NAME_SIZE)
    log.text("': ")
    log.amount(vm.ramSize)
    log.text(' at ')
    log.hex(vm.ramPa)
    log.text(vm.vcpuCount == 1 ? ', CPU' : ', CPUs')
    for (let j: u32 = 0; j < vm.vcpuCount; j++) {
      log.text(' ')
      log.decimal(vcpuAt(vm.firstVcpu + j).cpu)
    }
    log.end()
    if (!hasEntropySource() && wantsEntropy(vm)) reportJitter(vm)
  }
}

/** Only how long things take feeds its entropy device: a device must not pretend to more, and its DTB gets no seed. */
function reportJitter(vm: Vm): void {
  log.begin()
  log.text("VM '")
  log.bytes(nameOf(vm), NAME_SIZE)
  log.text(
    "': no seed in its DTB, random numbers from timing jitter alone; boot with an rng-seed, or on a CPU with FEAT_RNG",
  )
  log.end()
}

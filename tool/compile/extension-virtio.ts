/** What a system has whose VMs have para-virtual devices, or share memory. */
import type { Extension } from './extension-record.ts'

export const VIRTIO: Extension = {
  name: 'virtio',
  services: [],
  files: {
    core: [
      'src/core/balloon',
      'src/core/bundle-disk',
      'src/core/disk',
      'src/core/services-balloon',
      'src/core/services-console',
      'src/core/services-disk',
    ],
    vmm: ['src/lib/chacha20', 'src/vmm/shared-memory', 'src/vmm/virtio/*'],
  },
  exports: {
    core: [
      'balloonWish',
      'controlRead',
      'controlReset',
      'controlWrite',
      'diskDiscard',
      'diskRead',
      'diskSize',
      'diskStored',
      'diskWritable',
      'diskWrite',
      'diskZero',
      'ramPutBack',
      'ramTakeOut',
      'terminalPort',
      'terminalSize',
    ],
  },
  doors: {
    core: [
      'src/core/balloon/createBalloon',
      'src/core/balloon/fetchBack',
      'src/core/balloon/restoreAll',
      'src/core/bundle-disk/readDisk',
      'src/core/disk/createDisk',
    ],
    vmm: [
      'src/vmm/shared-memory/readShared',
      'src/vmm/shared-memory/writeShared',
      'src/vmm/virtio/console/hasKeyboard',
      'src/vmm/virtio/console/input',
      'src/vmm/virtio/console/space',
      'src/vmm/virtio/device/attach',
      'src/vmm/virtio/device/collect',
      'src/vmm/virtio/device/configure',
      'src/vmm/virtio/device/goOn',
      'src/vmm/virtio/device/hear',
      'src/vmm/virtio/mmio/readSlot',
      'src/vmm/virtio/mmio/writeSlot',
      'src/vmm/virtio/device/collect',
    ],
  },
}

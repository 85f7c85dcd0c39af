// expect: vms[0].initrd.modules[0]: 'virtio mmio' is no module's name; write a name such as 'virtio_mmio'
import { debian } from '../../tool/config/define.ts'

export default {
  board: 'qemu-virt',
  vms: [
    {
      name: 'a',
      memory: '256M',
      kernel: debian.kernel(),
      initrd: debian.busyboxInitrd({ modules: ['virtio mmio'] }),
    },
  ],
}

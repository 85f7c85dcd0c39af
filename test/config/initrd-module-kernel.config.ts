// expect: vms[0].initrd: modules of Debian's kernel do not load into another one; use debian.kernel()
// expect: vms[1].initrd: the kernel is 'generic', its modules would be 'cloud'; write debian.busyboxInitrd({ flavour: 'generic', ... })
import { debian } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

const initrd = debian.busyboxInitrd({ modules: ['virtio_mmio'] })

export default {
  board: 'qemu-virt',
  vms: [
    { name: 'a', memory: '256M', kernel: file(image()), initrd },
    { name: 'b', memory: '256M', kernel: debian.kernel({ flavour: 'generic' }), initrd },
  ],
}

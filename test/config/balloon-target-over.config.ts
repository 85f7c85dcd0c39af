// expect: vms[0].devices: the balloon's target of 65 MiB is more than the VM has; write at most '64M', a multiple of 4 KiB
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.balloon({ target: '65M' })] }],
}

// expect: vms[0].devices: a VM has one RAM, and two balloons for it; keep one virtio.balloon()
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.balloon(), virtio.balloon()] }],
}

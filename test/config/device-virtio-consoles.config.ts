// expect: vms[0].devices: a VM has one line to the board's console, and two consoles for it; keep one virtio.console()
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.console(), virtio.console()] }],
}

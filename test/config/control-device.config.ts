// expect: vms[0].devices[0]: 'control' is no device; write control: true beside devices
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: ['control'] as never }],
}

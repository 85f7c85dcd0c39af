// expect: vms[0].passthrough[0]: rtc has its interrupt 34 where the VM has its clock; leave 'rtc' out of its devices
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel, passthrough: ['rtc'] }],
}

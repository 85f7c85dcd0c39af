// expect: vms[0].devices: 'rtc' is listed twice; list each device once
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: ['rtc', 'rtc'] }],
}

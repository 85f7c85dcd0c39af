// expect: vms[0].heartbeat.within: is missing; write a duration such as within: '200ms'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), heartbeat: { first: '10s' } }],
}

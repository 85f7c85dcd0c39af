// expect: vms[0].heartbeat.first: the first sign would be due before a later one; write '200ms' or more
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), heartbeat: { within: '200ms', first: '100ms' } }],
}

// expect: vms[0].heartbeat.within: a heart-beat of 10us is none that is kept; write '1ms' to '60s'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), heartbeat: { within: '10us' } }],
}

// expect: vms[0].restarts.limit: 0 restarts are none; write onCrash: 'stop', onReboot: 'stop'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), restarts: { limit: 0 } }],
}

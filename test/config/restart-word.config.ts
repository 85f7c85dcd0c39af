// expect: vms[0].restart: there is no such field any more; write onCrash, onReboot or onShutdown: 'restart' or 'stop'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), restart: 'never' }],
}

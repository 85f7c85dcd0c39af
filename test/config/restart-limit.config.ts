// expect: vms[0].restart.limit: 0 restarts are none; write restart: 'never'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), restart: { policy: 'always', limit: 0 } }],
}

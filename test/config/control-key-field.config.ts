// expect: control.keys: there is no such field
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  control: { keys: 'none.key' },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()) }],
}

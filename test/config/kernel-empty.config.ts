// expect: cannot be used: it is empty
import { file } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file('') }],
}

// expect: it is an EFI zboot kernel, which is compressed
import { file } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file('MZ\0\0zimg, and what else such a file holds') }],
}

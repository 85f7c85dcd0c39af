// expect: control.key: 7 does not fit here; write key: 'control.key'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  control: { key: 7 },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()) }],
}

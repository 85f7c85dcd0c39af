// expect: control: 'no' does not fit here; write true, false, or { uart: 'uart1', key: 'control.key' }
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  control: 'no',
  vms: [{ name: 'a', memory: '64M', kernel }],
}

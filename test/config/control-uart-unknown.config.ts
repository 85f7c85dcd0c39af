// expect: control.uart: qemu-virt has no UART 'uart2' for the control line; did you mean 'uart1'?
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  control: { uart: 'uart2' },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()) }],
}

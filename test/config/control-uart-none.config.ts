// expect: control.uart: zcu102 has no UART 'uart1' for the control line; leave it out: records then go between those of the console
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'zcu102',
  control: { uart: 'uart1' },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()) }],
}

// expect: control.uart: VM 'a' has uart3, which shares a page or an interrupt with uart2; take one of the two away
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'rpi4',
  control: { uart: 'uart2' },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), passthrough: ['uart3'] }],
}

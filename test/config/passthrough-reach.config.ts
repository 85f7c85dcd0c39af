// expect: vms[0].memory: 1 GiB do not fit into the RAM that its devices reach, which ends at 0x40000000; give it less
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: { name: 'rpi4', memory: '8G' },
  vms: [{ name: 'a', memory: '1G', kernel, passthrough: ['usb'], trustedDma: true }],
}

// expect: vms[0].devices[0].lines.led: the board's console is on pin 14; use another pin
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'rpi4',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.gpio({ lines: { led: 14 } })] }],
}

// expect: vms[1].devices[1].lines.led: pin 17 is 'relay' of VM 'a' already; use another pin
// expect: vms[1].devices[1].lines.lamp: pin 18 is line 'light' already; use another pin
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'rpi4',
  vms: [
    { name: 'a', memory: '64M', kernel, devices: [virtio.gpio({ lines: { relay: 17 } })] },
    { name: 'b', memory: '64M', kernel, devices: ['uart', virtio.gpio({ lines: { led: 17, light: 18, lamp: 18 } })] },
  ],
}

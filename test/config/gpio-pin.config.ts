// expect: vms[0].devices[0].lines.led: rpi4 has no pin 28 for VMs; write 0 to 27
// expect: vms[1].devices[0].lines.led: uart3 of VM 'a' needs pin 4; use another pin
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'rpi4',
  vms: [
    {
      name: 'a',
      memory: '64M',
      kernel,
      passthrough: ['uart3'],
      devices: [virtio.gpio({ lines: { led: 28 } })],
    },
    { name: 'b', memory: '64M', kernel, devices: [virtio.gpio({ lines: { led: { pin: 4, pull: 'up' } } })] },
  ],
}

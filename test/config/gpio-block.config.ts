// expect: vms[0].devices[0].lines.led: VM 'b' has all lines by its gpio; leave gpio out there
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [
    { name: 'a', memory: '64M', kernel, devices: [virtio.gpio({ lines: { led: 0 } })] },
    { name: 'b', memory: '64M', kernel, passthrough: ['gpio'] },
  ],
}

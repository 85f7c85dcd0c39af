// expect: vms[0].devices[0].lines.key: nobody on qemu-virt sets what a pin is pulled to; leave pull out
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

const devices = [virtio.gpio({ lines: { key: { pin: 3, pull: 'up' } } })]

export default { board: 'qemu-virt', vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices }] }

// expect: vms[0].devices[0].lines.led: zcu102 has no GPIO that VMs can have; leave virtio.gpio() out
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

const devices = [virtio.gpio({ lines: { led: 0 } })]

export default { board: 'zcu102', vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices }] }

// expect: vms[0].devices[0].ports[0]: 'Log' is no name of a port; write a-z, 0-9 and -, as in 'log'
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.console({ ports: ['Log'] })] }],
}

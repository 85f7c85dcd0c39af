// expect: vms[0].devices[0].ports: 4 ports are too many for a console; name at most 3
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    { name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.console({ ports: ['a', 'b', 'c', 'd'] })] },
  ],
}

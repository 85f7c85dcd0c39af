// expect: vms[0].devices[0].ports: 'log' is named twice; name each port once
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    {
      name: 'a',
      memory: '64M',
      kernel: file(image()),
      devices: [virtio.console({ ports: ['log', { name: 'log', console: true }] })],
    },
  ],
}

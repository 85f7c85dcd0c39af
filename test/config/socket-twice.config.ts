// expect: vms[0].devices: a VM has one address for its sockets, and two devices for it; keep one virtio.socket(...)
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    {
      name: 'a',
      memory: '64M',
      kernel: file(image()),
      devices: [virtio.socket({ peers: ['b'] }), virtio.socket({ peers: ['b'] })],
    },
    { name: 'b', memory: '64M', kernel: file(image()), devices: [virtio.socket({ peers: ['a'] })] },
  ],
}

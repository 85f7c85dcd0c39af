// expect: vms[0].devices[0].mac: '53:54:00:00:00:01' is the address of a group: its first byte is odd; write one such as
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  networks: { lan: {} },
  vms: [
    {
      name: 'a',
      memory: '64M',
      kernel: file(image()),
      devices: [virtio.net({ network: 'lan', mac: '53:54:00:00:00:01' })],
    },
  ],
}

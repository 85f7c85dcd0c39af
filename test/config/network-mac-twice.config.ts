// expect: vms[1].devices[0].mac: '52:54:00:AB:00:01' is the address of vms[0].devices[0] in this network already; give it another
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
      devices: [virtio.net({ network: 'lan', mac: '52:54:00:ab:00:01' })],
    },
    {
      name: 'b',
      memory: '64M',
      kernel: file(image()),
      devices: [virtio.net({ network: 'lan', mac: '52:54:00:AB:00:01', vlan: 7 })],
    },
  ],
}

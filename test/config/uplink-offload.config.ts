// expect: networks.lan.offload: a network card wants finished frames; leave it out, or have a network of its own for offloads
// expect: networks.lan.mtu: 9000 bytes are more than its network card takes; write at most 1500
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  networks: { lan: { uplink: 'nic0', offload: true, mtu: 9000 } },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.net({ network: 'lan' })] }],
}

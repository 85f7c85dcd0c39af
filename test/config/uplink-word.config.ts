// expect: networks.lan.uplink: true does not fit here; write a network card of the board's such as uplink: 'nic0', or uplink: { nic: 'nic0', share: 30 }
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  networks: { lan: { uplink: true } },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.net({ network: 'lan' })] }],
}

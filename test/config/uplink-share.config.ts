// expect: networks.lan.uplink.share: 100 percent of a core cannot be; write 1 to 90
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  networks: { lan: { uplink: { nic: 'nic0', share: 100 } } },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.net({ network: 'lan' })] }],
}

// expect: networks.dmz.uplink: 'lan' has an uplink already; join both in one network, with VLANs where they are to be apart
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  networks: { lan: { uplink: 'nic0' }, dmz: { uplink: { nic: 'nic0', share: 50 } } },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.net({ network: 'lan' })] }],
}

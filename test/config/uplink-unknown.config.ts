// expect: networks.lan.uplink: qemu-virt has no network card 'nic1' that is driven; did you mean 'nic0'?
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  networks: { lan: { uplink: 'nic1' } },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.net({ network: 'lan' })] }],
}

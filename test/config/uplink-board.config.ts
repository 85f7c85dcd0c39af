// expect: networks.lan.uplink: rpi4 has no network card 'genet' that is driven; leave it out, or pass a device through to one VM
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'rpi4',
  networks: { lan: { uplink: 'genet' } },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.net({ network: 'lan' })] }],
}

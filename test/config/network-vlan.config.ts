// expect: vms[0].devices[0].vlan: 4095 is no VLAN; write 1 to 4094, or leave it out
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  networks: { lan: {} },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.net({ network: 'lan', vlan: 4095 })] }],
}

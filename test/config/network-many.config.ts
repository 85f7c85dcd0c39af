// expect: vms: 33 network and socket devices are too many for a system; have at most 32
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  networks: { lan: {} },
  vms: [
    { name: 'a', memory: '64M', kernel: file(image()), devices: Array(17).fill(virtio.net({ network: 'lan' })) },
    { name: 'b', memory: '64M', kernel: file(image()), devices: Array(16).fill(virtio.net({ network: 'lan' })) },
  ],
}

// expect: vms[0].devices[0].peers[0]: 'b' does not list 'a'; add 'a' to its peers
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    { name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.socket({ peers: ['b'] })] },
    { name: 'b', memory: '64M', kernel: file(image()), devices: [virtio.socket({ peers: ['c'] })] },
    { name: 'c', memory: '64M', kernel: file(image()), devices: [virtio.socket({ peers: ['b'] })] },
  ],
}

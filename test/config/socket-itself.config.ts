// expect: vms[0].devices[0].peers[0]: the VM itself is no neighbour; name another VM
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.socket({ peers: ['a'] })] }],
}

// expect: vms[0].devices[0].peers[0]: there is no VM 'bb'; did you mean 'b'?
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    { name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.socket({ peers: ['bb'] })] },
    { name: 'b', memory: '64M', kernel: file(image()), devices: [] },
  ],
}

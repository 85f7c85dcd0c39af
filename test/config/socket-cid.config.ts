// expect: vms[0].devices[0].cid: 2 is no VM's address; write 3 to 4294967294, or leave it out
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    { name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.socket({ peers: ['b'], cid: 2 })] },
    { name: 'b', memory: '64M', kernel: file(image()), devices: [virtio.socket({ peers: ['a'] })] },
  ],
}

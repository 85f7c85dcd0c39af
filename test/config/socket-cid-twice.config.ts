// expect: vms[1].devices[0].cid: 4 is the address of vms[0].devices[0] already; give it another, or leave it out: then the tool chooses one
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    { name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.socket({ peers: ['b'], cid: 4 })] },
    { name: 'b', memory: '64M', kernel: file(image()), devices: [virtio.socket({ peers: ['a'] })] },
  ],
}

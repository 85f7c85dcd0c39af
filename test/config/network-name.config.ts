// expect: networks.My LAN: a network is named by a letter and more of a-z, 0-9 and -; write a name such as 'lan'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  networks: { 'My LAN': {} },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: ['uart'] }],
}

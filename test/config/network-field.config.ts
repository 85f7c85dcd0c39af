// expect: networks.lan.mut: there is no such field; did you mean 'mtu'?
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  networks: { lan: { mut: 1500 } },
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: ['uart'] }],
}

// expect: vms[0].kernel.adress: there is no such field; known: file, load, entry
import { file } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: { file: file('just some code'), adress: 0x4008_0000 } }],
}

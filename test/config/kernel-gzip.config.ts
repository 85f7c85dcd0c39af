// expect: it is compressed with gzip; unpack it: gunzip
import { file } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(Buffer.from('1f8b08000000000000030300', 'hex')) }],
}

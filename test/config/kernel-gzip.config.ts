// expect: it is compressed with gzip, and does not unpack: unexpected end of file; get or build it again
import { file } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(Buffer.from('1f8b080000000000000303', 'hex')) }],
}

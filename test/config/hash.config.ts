// expect: hash: 'md5' does not fit here; write 'crc32' or 'sha256'
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  hash: 'md5',
  vms: [{ name: 'a', memory: '64M', kernel }],
}

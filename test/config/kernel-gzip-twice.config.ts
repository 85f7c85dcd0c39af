// expect: it is neither an arm64 Image nor an ELF file
import { gzipSync } from 'node:zlib'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(gzipSync(gzipSync(image()))) }],
}

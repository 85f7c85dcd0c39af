// expect: it is neither an arm64 Image nor an ELF file; say where it goes: kernel: { file: '...', load:
import { file } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file('just some code') }],
}

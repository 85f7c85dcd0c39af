// expect: its entry 0x40000000 lies in none of its segments
import { elf, file } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(elf({ entry: 0x4000_0000 })) }],
}

// expect: vms[0].interrupts: 2000000 in a second are as good as no limit; write at most 1000000
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), interrupts: 2_000_000 }],
}

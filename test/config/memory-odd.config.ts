// expect: vms[0].memory: 1000000 bytes are not a multiple of 4 KiB; write '980K'
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: 1_000_000, kernel }],
}

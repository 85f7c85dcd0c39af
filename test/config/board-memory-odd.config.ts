// expect: board.memory: 100.0 MiB is no board's RAM; write a multiple of '1M', at least '16M'
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: { name: 'qemu-virt', memory: 104857601 },
  vms: [{ name: 'a', memory: '64M', kernel }],
}

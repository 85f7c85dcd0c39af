// expect: board.gic: 4 does not fit here; write 2 or 3
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: { name: 'qemu-virt', gic: 4 },
  vms: [{ name: 'a', memory: '64M', kernel }],
}

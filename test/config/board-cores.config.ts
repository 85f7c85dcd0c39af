// expect: board.cpus: qemu-virt cannot have 17 cores; write at most 16
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: { name: 'qemu-virt', cpus: 17 },
  vms: [{ name: 'a', memory: '64M', kernel }],
}

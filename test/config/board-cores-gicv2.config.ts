// expect: board.cpus: a GICv2 serves 8 cores, not 12; write 8
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: { name: 'qemu-virt', cpus: 12, gic: 2 },
  vms: [{ name: 'a', memory: '64M', kernel }],
}

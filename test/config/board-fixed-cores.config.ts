// expect: board.cpus: rpi4 has 4 cores, not 2; leave 'cpus' out; what no VM names stays free
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: { name: 'rpi4', cpus: 2 },
  vms: [{ name: 'a', memory: '64M', kernel }],
}

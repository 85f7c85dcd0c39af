// expect: board.gic: rpi4 has no GICv3; it has GICv2
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: { name: 'rpi4', gic: 3 },
  vms: [{ name: 'a', memory: '64M', kernel }],
}

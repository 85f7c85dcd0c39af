// expect: board.memory: there is no rpi4 with 3 GiB of RAM; write '1G', '2G', '4G' or '8G'
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: { name: 'rpi4', memory: '3G' },
  vms: [{ name: 'a', memory: '64M', kernel }],
}

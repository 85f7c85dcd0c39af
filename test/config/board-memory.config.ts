// expect: board.memory: qemu-virt cannot have 512 GiB of RAM; write at most '255G'
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: { name: 'qemu-virt', memory: '512G' },
  vms: [{ name: 'a', memory: '64M', kernel }],
}

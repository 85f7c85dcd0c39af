// expect: board: is missing; write board: 'qemu-virt'
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  vms: [{ name: 'a', memory: '64M', kernel }],
}

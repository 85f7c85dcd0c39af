// expect: memroy: there is no such field; known: name, board, hash, control, trace, networks, sharedMemory, disks, confirm, vms
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  memroy: '1G',
  vms: [{ name: 'a', memory: '64M', kernel }],
}

// expect: vms[0].memory: 4 KiB is too little for a VM; write '64K' or more
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '4K', kernel }],
}

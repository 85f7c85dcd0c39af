// expect: vms[0].restart: 'sometimes' does not fit here; write 'never', 'on-crash', 'always'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), restart: 'sometimes' }],
}

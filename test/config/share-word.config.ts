// expect: vms[0].share: '80%' does not fit here; write percent of each of its cores, such as share: 50
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), share: '80%', cores: [1] }],
}

// expect: vms[0].cores[0]: qemu-virt has no core 4; its cores are 0 to 3
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), share: 50, cores: [4] }],
}

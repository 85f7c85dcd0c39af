// expect: vms[0].cores[1]: core 1 is named twice; name each core once
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), cores: [1, 1] }],
}

// expect: vms[0].cores: no core is named; name one for each vCPU, such as [1]
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), cores: [] }],
}

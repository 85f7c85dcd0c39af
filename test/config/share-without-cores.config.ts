// expect: vms[0].share: a share of which core is not said; name one for each vCPU, such as cores: [1]
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), share: 80 }],
}

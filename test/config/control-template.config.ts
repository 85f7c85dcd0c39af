// expect: vms[1].control: a template's VMs come and go; give it to a VM that boot makes
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    { name: 'a', memory: '64M', kernel: file(image()) },
    { name: 'b', memory: '64M', kernel: file(image()), cores: [1], template: true, control: true },
  ],
}

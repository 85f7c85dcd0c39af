// expect: vms[0].kernel.load: the kernel at 0x80000..0x8000d is not inside the VM's RAM
import { file } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: { file: file('just some code'), load: 0x8_0000 } }],
}

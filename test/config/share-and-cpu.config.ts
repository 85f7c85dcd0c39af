// expect: vms[0].share: the VM's cpu says how much it gets already; keep one of share and cpu
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    { name: 'a', memory: '64M', kernel: file(image()), share: 80, cpu: { cores: [1], budget: '2ms', period: '10ms' } },
  ],
}

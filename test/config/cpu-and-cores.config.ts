// expect: vms[0].cores: the VM's cpu names its cores already; keep cpu.cores alone
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    { name: 'a', memory: '64M', kernel: file(image()), cores: [1], cpu: { cores: [1], budget: '2ms', period: '10ms' } },
  ],
}

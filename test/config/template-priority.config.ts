// expect: vms[1].cpu.priority: it shares a core with 'a', whose priority is 5; give both one priority
import { file, image } from '../fake/kernel-file.ts'

const vm = { memory: '64M', kernel: file(image()) }

export default {
  board: 'qemu-virt',
  vms: [
    { ...vm, name: 'a', cpu: { cores: [1], budget: '2ms', period: '10ms', priority: 5 } },
    { ...vm, name: 'b', cpu: { cores: [1], budget: '2ms', period: '10ms' }, template: true },
  ],
}

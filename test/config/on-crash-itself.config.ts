// expect: vms[0].onShutdown.start: the VM would start itself; write 'restart'
import { file, image } from '../fake/kernel-file.ts'

const vm = { memory: '64M', kernel: file(image()) }

export default {
  board: 'qemu-virt',
  vms: [{ ...vm, name: 'a', onShutdown: { start: 'a' } }],
}

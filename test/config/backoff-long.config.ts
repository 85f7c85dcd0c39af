// expect: vms[0].restarts.backoff: a wait of 100s is none that is kept; write '1ms' to '60s'
import { file, image } from '../fake/kernel-file.ts'

const vm = { memory: '64M', kernel: file(image()) }

export default {
  board: 'qemu-virt',
  vms: [{ ...vm, name: 'a', restarts: { backoff: '100s' } }],
}

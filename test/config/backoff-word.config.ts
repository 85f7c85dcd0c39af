// expect: vms[0].restarts.backoff: 'soon' is no duration; write one such as '100ms'
import { file, image } from '../fake/kernel-file.ts'

const vm = { memory: '64M', kernel: file(image()) }

export default {
  board: 'qemu-virt',
  vms: [{ ...vm, name: 'a', restarts: { backoff: 'soon' } }],
}

// expect: vms[0].after[0]: there is no VM 'network'; did you mean
import { file, image } from '../fake/kernel-file.ts'

const vm = { memory: '64M', kernel: file(image()) }

export default {
  board: 'qemu-virt',
  vms: [
    { ...vm, name: 'a', after: [{ vm: 'network', ready: true }] },
    { ...vm, name: 'networks' },
  ],
}

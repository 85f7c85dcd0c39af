// expect: vms[1].cores: which cores its VMs are to have is not said; name them: cores: [1]
import { file, image } from '../fake/kernel-file.ts'

const vm = { memory: '64M', kernel: file(image()) }

export default {
  board: 'qemu-virt',
  vms: [
    { ...vm, name: 'a' },
    { ...vm, name: 'b', template: true },
  ],
}

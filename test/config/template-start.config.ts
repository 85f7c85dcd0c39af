// expect: vms[0].onCrash.start: 'b' is a template; name a VM that boot makes
// expect: vms[2].after[0]: 'b' is a template; leave it out
import { file, image } from '../fake/kernel-file.ts'

const vm = { memory: '64M', kernel: file(image()) }

export default {
  board: 'qemu-virt',
  vms: [
    { ...vm, name: 'a', onCrash: { start: 'b' } },
    { ...vm, name: 'b', template: true, cores: [1] },
    { ...vm, name: 'c', after: ['b'] },
  ],
}

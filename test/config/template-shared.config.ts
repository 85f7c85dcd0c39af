// expect: sharedMemory.ring.vms[1]: 'b' is a template, whose VMs come and go; share it between VMs that boot makes, and join this one by virtio.net
import { file, image } from '../fake/kernel-file.ts'

const vm = { memory: '64M', kernel: file(image()) }

export default {
  board: 'qemu-virt',
  sharedMemory: { ring: { vms: ['a', 'b'], output: '16K' } },
  vms: [
    { ...vm, name: 'a' },
    { ...vm, name: 'b', template: true, cores: [1] },
  ],
}

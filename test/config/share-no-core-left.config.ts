// expect: vms[2].cpus: no core is left: the VMs want 4 cores of their own, qemu-virt has 4 cores, 1 of them shared; give the VMs fewer vCPUs, or the board { cpus: 5 }, or let VMs share cores: share: 50, cores: [0]
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [
    { memory: '64M', kernel, name: 'a', cores: [1], share: 60 },
    { memory: '64M', kernel, name: 'b', cpus: 2 },
    { memory: '64M', kernel, name: 'c', cpus: 2 },
  ],
}

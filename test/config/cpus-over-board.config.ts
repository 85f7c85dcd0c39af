// expect: vms[0].cpus: no core is left: the VMs want 6 vCPUs, qemu-virt has 4 cores; give the VMs fewer vCPUs, or the board { cpus: 6 }, or let VMs share cores: share: 50, cores: [0]
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), cpus: 6 }],
}

// expect: vms: 17 VMs are too many; have at most 16
// expect: vms[16].cpus: no core is left: the VMs want 17 vCPUs, qemu-virt has 16 cores; give the VMs fewer vCPUs
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: { name: 'qemu-virt', cpus: 16 },
  vms: Array.from({ length: 17 }, (_, i) => ({ name: `vm${i}`, memory: '1M', kernel })),
}

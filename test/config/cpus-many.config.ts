// expect: vms[0].cpus: 9 vCPUs are more than a VM can have; write at most 8
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), cpus: 9 }],
}

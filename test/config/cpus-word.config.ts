// expect: vms[0].cpus: 'two' does not fit here; write a whole number of vCPUs
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), cpus: 'two' }],
}

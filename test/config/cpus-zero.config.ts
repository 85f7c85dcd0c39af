// expect: vms[0].cpus: a VM with no vCPUs never runs; write 1 or more
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), cpus: 0 }],
}

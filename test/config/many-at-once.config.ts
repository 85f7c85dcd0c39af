// expect: vms[0].name: is missing
// expect: vms[0].kernel: is missing
// expect: vms[1].cpus: a VM with no vCPUs never runs
// expect: vms[3].name: 'b' is the name of vms[2] already
// expect: vms[3].kernel: there is no file
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [
    { memory: '64M' },
    { name: 'a', memory: '64M', kernel, cpus: 0 },
    { name: 'b', memory: '64M', kernel },
    { name: 'b', memory: '64M', kernel: 'gone' },
  ],
}

// expect: vms[0].cores: 1 cores are named for 2 vCPUs; name one core for each vCPU, or set cpus: 1
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), share: 50, cpus: 2, cores: [1] }],
}

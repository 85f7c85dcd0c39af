// expect: vms[0].name: 'bulkhead' is how the console marks the hypervisor's own lines
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [{ name: 'bulkhead', memory: '64M', kernel }],
}

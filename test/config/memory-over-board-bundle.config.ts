// expect: vms[1].memory: 510 MiB are more than the board can give: qemu-virt has 1 GiB of RAM, and beside Bulkhead, the bundle and the other VMs
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [
    { name: 'a', memory: '500M', kernel },
    { name: 'b', memory: '510M', kernel },
  ],
}

// expect: vms[0].memory: 1.5 GiB are more than the board can give: rpi4 has 2 GiB of RAM, and beside Bulkhead the largest free piece is 1 GiB; give the VMs less, or the board { memory: '4G' }
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'rpi4',
  vms: [{ name: 'a', memory: '1536M', kernel }],
}

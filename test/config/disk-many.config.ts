// expect: vms[0].devices: 9 disks are too many for a VM; list at most 8
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: Array(9).fill(virtio.block({ size: '1M' })) }],
}

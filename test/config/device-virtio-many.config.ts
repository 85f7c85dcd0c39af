// expect: vms[0].devices: 33 para-virtual devices are more than a VM has slots for; list at most 32
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: Array(33).fill(virtio.entropy()) }],
}

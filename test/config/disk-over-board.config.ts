// expect: vms[0].devices: 901.8 MiB for a disk are more than the board can give
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '128M', kernel: file(image()), devices: [virtio.block({ size: '900M' })] }],
}

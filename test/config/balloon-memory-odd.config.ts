// expect: vms[0].memory: 65 MiB are not whole blocks of 2 MiB, as a balloon needs them; write '66M'
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '65M', kernel: file(image()), devices: [virtio.balloon()] }],
}

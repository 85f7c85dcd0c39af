// expect: vms[1].devices[0]: a template's VMs come and go, and what is on the board's disk stays; give it an image or a size, which is a disk in RAM
import { virtio } from '../../tool/config/device.ts'
import { file, image } from '../fake/kernel-file.ts'

const vm = { memory: '64M', kernel: file(image()) }

export default {
  board: 'qemu-virt',
  vms: [
    { ...vm, name: 'a' },
    { ...vm, name: 'b', template: true, cores: [1], devices: [virtio.block({ disk: 'main', partition: 'root' })] },
  ],
}

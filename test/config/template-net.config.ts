// expect: vms[1].devices[0]: a template's VMs come and go, ports and places on the board's disk do not; give them to a VM that boot makes
import { virtio } from '../../tool/config/device.ts'
import { file, image } from '../fake/kernel-file.ts'

const vm = { memory: '64M', kernel: file(image()) }

export default {
  board: 'qemu-virt',
  networks: { lan: {} },
  vms: [
    { ...vm, name: 'a' },
    { ...vm, name: 'b', template: true, cores: [1], devices: [virtio.net({ network: 'lan' })] },
  ],
}

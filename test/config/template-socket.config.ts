// expect: vms[1].devices[0]: a template's VMs come and go, and whoever is joined with a socket keeps its peers; join them by virtio.net, or give the socket to a VM that boot makes
import { virtio } from '../../tool/config/device.ts'
import { file, image } from '../fake/kernel-file.ts'

const vm = { memory: '64M', kernel: file(image()) }

export default {
  board: 'qemu-virt',
  vms: [
    { ...vm, name: 'a', devices: [virtio.socket({ peers: ['b'] })] },
    { ...vm, name: 'b', template: true, cores: [1], devices: [virtio.socket({ peers: ['a'] })] },
  ],
}

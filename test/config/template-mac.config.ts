// expect: vms[1].devices[0].mac: '52:54:00:00:00:01' is the address of vms[0].devices[0] in this network already; give it another, or leave it out: then the tool chooses one
import { virtio } from '../../tool/config/device.ts'
import { file, image } from '../fake/kernel-file.ts'

const devices = [virtio.net({ network: 'lan', mac: '52:54:00:00:00:01' })]
const vm = { memory: '64M', kernel: file(image()), devices }

export default {
  board: 'qemu-virt',
  networks: { lan: {} },
  vms: [
    { ...vm, name: 'a' },
    { ...vm, name: 'b', template: true, cores: [1] },
  ],
}

// expect: vms: 33 network and socket devices are too many for a system; have at most 32
import { virtio } from '../../tool/config/device.ts'
import { file, image } from '../fake/kernel-file.ts'

const vm = { memory: '64M', kernel: file(image()) }
const devices = (count: number) => Array(count).fill(virtio.net({ network: 'lan' }))

// Two of 8 do not have to fit at once; one of 17 has to.
export default {
  board: 'qemu-virt',
  networks: { lan: {} },
  vms: [
    { ...vm, name: 'a', devices: devices(16) },
    { ...vm, name: 'b', template: true, cores: [1], devices: devices(8) },
    { ...vm, name: 'c', template: true, cores: [1], devices: devices(8) },
    { ...vm, name: 'd', template: true, cores: [1], devices: devices(17) },
  ],
}

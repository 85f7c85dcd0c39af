// expect: vms[0].devices[0].limit.bandwidth: "10 Mbit" is no size; write '256M', '1G' or a number of bytes
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    { name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.console({ limit: { bandwidth: '10 Mbit' } })] },
  ],
}

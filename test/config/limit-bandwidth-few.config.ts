// expect: vms[0].devices[0].limit.bandwidth: 1000 bytes in a second are too few; write '1K' to '1024G'
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.entropy({ limit: { bandwidth: 1000 } })] }],
}

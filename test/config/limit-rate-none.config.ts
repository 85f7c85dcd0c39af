// expect: vms[0].devices[0].limit.iops: 0 in a second are none; write 1 or more, or leave it out
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    { name: 'a', memory: '64M', kernel: file(image()), devices: [virtio.block({ size: '1M', limit: { iops: 0 } })] },
  ],
}

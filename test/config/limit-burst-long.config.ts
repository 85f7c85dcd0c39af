// expect: vms[0].devices[0].limit.burst: 60s are too long; write '10s' or less
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    {
      name: 'a',
      memory: '64M',
      kernel: file(image()),
      devices: [virtio.entropy({ limit: { iops: 1, burst: '60s' } })],
    },
  ],
}

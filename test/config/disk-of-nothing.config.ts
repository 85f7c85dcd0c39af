// expect: vms[0].devices[0]: a disk of what; name its image, a size: '16M', or a disk of the board
// expect: vms[0].devices[1]: a disk is as large as its image; remove size
// expect: vms[0].devices[2]: a read-only disk takes no writes; remove overlay or readOnly
// expect: vms[0].devices[3].size: 1000 bytes are not a multiple of 4 KiB; write '4K'
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    {
      name: 'a',
      memory: '64M',
      kernel: file(image()),
      devices: [
        virtio.block({}),
        virtio.block({ image: 'a.ext4', size: '16M' }),
        virtio.block({ image: 'a.ext4', readOnly: true, overlay: '16M' }),
        virtio.block({ size: 1000 }),
      ],
    },
  ],
}

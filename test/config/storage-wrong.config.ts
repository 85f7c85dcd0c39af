// expect: vms[0].devices[0]: a disk of the board is what it is; remove image, size and overlay
// expect: vms[0].devices[1]: a partition of which disk; name one of the board's: disk: 'main'
// expect: vms[0].devices[2].partition: 0 is no partition's number; write 1 to 128, or the partition's name
// expect: vms[0].devices[3].partition: 'my root' names no partition; write a name of up to 36 ASCII characters without spaces
// expect: disks.main.partitions.root: a partition of what size; name its image, or a size: '64M'
// expect: disks.main.partitions.data.size: partitions are whole MiB; write '1M'
// expect: disks.other: partitions of which file; name one: file: 'disk.img'
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  disks: {
    main: { file: 'a.img', partitions: { root: {}, data: { size: 1000 } } },
    other: { partitions: { root: { size: '1M' } } },
  },
  vms: [
    {
      name: 'a',
      memory: '64M',
      kernel: file(image()),
      devices: [
        virtio.block({ disk: 'main', size: '16M' }),
        virtio.block({ partition: 1, size: '16M' }),
        virtio.block({ disk: 'main', partition: 0 }),
        virtio.block({ disk: 'main', partition: 'my root' }),
      ],
    },
  ],
}

// expect: disks.mian: qemu-virt has no disk 'mian'; did you mean 'main'? (known: main)
// expect: vms[0].devices[0].disk: qemu-virt has no disk 'sd'; known: main
// expect: vms[0].devices[1].partition: the system's disk 'main' has no partition 'rot'; did you mean 'root'? (known: root)
import { virtio } from '../../tool/config/define.ts'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  disks: { mian: { file: 'a.img' }, main: { file: 'b.img', partitions: { root: { size: '1M' } } } },
  vms: [
    {
      name: 'a',
      memory: '64M',
      kernel: file(image()),
      devices: [virtio.block({ disk: 'sd' }), virtio.block({ disk: 'main', partition: 'rot' })],
    },
  ],
}

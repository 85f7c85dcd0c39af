/** Two Linux VMs on one disk of the board's, each on a partition of its own: what they write is there after the power went. */
import { debian, defineSystem, virtio } from 'bulkhead'

/** Each start adds a line to a file on the VM's partition, which the first one formats. */
const LINES = [
  'mkdir -p /mnt',
  'mount /dev/vda /mnt 2>/dev/null || { mke2fs /dev/vda >/dev/null && mount /dev/vda /mnt; }',
  'date >> /mnt/starts',
  'sync',
  'echo "start number $(wc -l < /mnt/starts) on this partition"',
]

const linux = (name: string) => ({
  name,
  memory: '160M',
  kernel: debian.kernel(),
  initrd: debian.busyboxInitrd({ modules: ['virtio_mmio', 'virtio_blk'], lines: LINES }),
  bootargs: 'console=ttyAMA0 quiet',
  devices: ['uart' as const, virtio.block({ disk: 'main', partition: name })],
})

export default defineSystem({
  board: 'qemu-virt',
  // `bulkhead run` makes the file if it is not there.
  disks: { main: { file: 'disk.img', partitions: { left: { size: '16M' }, right: { size: '16M' } } } },
  vms: [linux('left'), linux('right')],
})

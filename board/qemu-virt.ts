/** QEMU's `virt` machine with the virtualization extension: hw/arm/virt.c's memory map. */
import type { Board } from '../tool/config/board.ts'

const MiB = 2 ** 20
const GiB = 2 ** 30

export default {
  name: 'qemu-virt',
  title: "QEMU's virt machine",
  compatible: 'linux,dummy-virt',
  ram: { size: GiB, most: 255 * GiB, ranges: (size) => [{ start: GiB, end: GiB + size }] },
  cores: { count: 4, most: 16 },
  // GICv2's target registers name eight CPUs.
  gic: { versions: [3, 2], most: { 2: 8, 3: 16 } },
  uart: { kind: 'pl011', base: 0x0900_0000, intid: 33 },
  qemu: {
    machine: (gic) => `virt,virtualization=on,gic-version=${gic}`,
    cpu: 'cortex-a72',
    // hw/arm/boot.c: half of RAM, at most 128 MiB, so that a kernel has room to unpack itself below.
    initrdOffset: (ramSize) => Math.min(ramSize / 2, 128 * MiB),
  },
} satisfies Board

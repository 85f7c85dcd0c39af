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
  devices: {
    rtc: {
      compatible: ['arm,pl031', 'arm,primecell'],
      base: 0x0901_0000,
      size: 0x1000,
      intids: [34],
      clocks: { apb_pclk: 24_000_000 },
    },
    // Its DMA interface masters the bus: docs/specs/fw_cfg.rst.
    'fw-cfg': {
      compatible: ['qemu,fw-cfg-mmio'],
      base: 0x0902_0000,
      size: 0x18,
      intids: [],
      properties: ['dma-coherent'],
      dma: { reach: 256 * GiB },
    },
    gpio: {
      compatible: ['arm,pl061', 'arm,primecell'],
      base: 0x0903_0000,
      size: 0x1000,
      intids: [39],
      clocks: { apb_pclk: 24_000_000 },
      properties: ['gpio-controller', '#gpio-cells = <2>'],
    },
  },
  // hw/arm/virt.c, `create_uart`: there with a second -serial, from QEMU 9.1 on.
  wires: { uart1: { node: '/pl011@9040000', base: 0x0904_0000, intid: 40, clock: 24_000_000, serial: 1 } },
  nics: {
    // Whatever -device virtio-net-device stands in one of its 32 slots.
    nic0: {
      base: 0x0a00_0000,
      size: 0x4000,
      intid: 48,
      isEdge: true,
      virtio: { type: 1, stride: 0x200 },
      dma: { reach: 256 * GiB, isCoherent: true },
    },
  },
  disks: {
    // hw/arm/virt.c, `create_virtio_devices`: 32 slots, whose interrupts are edges.
    main: {
      title: "QEMU's virtio-blk",
      driver: 'virtio',
      base: 0x0a00_0000,
      size: 0x4000,
      stride: 0x200,
      intid: 48,
      edge: true,
      coherent: true,
      qemu: (file) => [
        ...['-global', 'virtio-mmio.force-legacy=false'],
        ...['-drive', `if=none,id=main,format=raw,discard=unmap,file=${file}`],
        ...['-device', 'virtio-blk-device,drive=main'],
      ],
    },
  },
  gpio: { kind: 'pl061', base: 0x0903_0000, intids: [39], pins: 8 },
  qemu: {
    machine: (gic) => `virt,virtualization=on,gic-version=${gic}`,
    cpu: 'cortex-a72',
    // hw/arm/boot.c: half of RAM, at most 128 MiB, so that a kernel has room to unpack itself below.
    initrdOffset: (ramSize) => Math.min(ramSize / 2, 128 * MiB),
  },
} satisfies Board

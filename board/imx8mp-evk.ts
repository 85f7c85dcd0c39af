/** NXP i.MX 8M Plus EVK. IMX8MPRM, "Memory Maps"; Linux, arch/arm64/boot/dts/freescale/imx8mp-evk.dts. */
import type { Board } from '../tool/config/board.ts'

const MiB = 2 ** 20
const GiB = 2 ** 30

export default {
  name: 'imx8mp-evk',
  title: 'NXP i.MX 8M Plus EVK',
  compatible: 'fsl,imx8mp-evk',
  ram: {
    size: 6 * GiB,
    most: 6 * GiB,
    sizes: [6 * GiB],
    // The audio processor's share is in the DTB's /reserved-memory.
    ranges: (size) => [
      { start: GiB, end: 0x9240_0000 },
      { start: 0x9440_0000, end: GiB + size },
    ],
  },
  cores: { count: 4, most: 4 },
  gic: { versions: [3], most: { 3: 4 } },
  uart: { kind: 'imx', base: 0x3089_0000, intid: 59 },
  dtb: 'freescale/imx8mp-evk.dtb',
  qemu: {
    machine: () => 'imx8mp-evk',
    cpu: 'cortex-a53',
    // hw/arm/boot.c, as for every board.
    initrdOffset: (ramSize) => Math.min(ramSize / 2, 128 * MiB),
    serial: 1,
  },
} satisfies Board

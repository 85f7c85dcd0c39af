/** NXP i.MX 8M Plus EVK. IMX8MPRM, "Memory Maps"; Linux, arch/arm64/boot/dts/freescale/imx8mp-evk.dts. */
import type { Board } from '../tool/config/board.ts'
import type { BoardDevice } from '../tool/config/board-device.ts'

const MiB = 2 ** 20
const GiB = 2 ** 30

const SPI_BASE = 32
const OSCILLATOR = 24_000_000

// IMX8MPRM, "Clock Controller Module (CCM)": a clock root is on, with the oscillator as its source; a gate, off by its CLR register, is on
// in all modes of its first domain by SET. Number `uart` counts from 1, in roots from 94, in gates from 73 on.
const CCM = 0x3038_0000
const ROOT_ON = 0x1000_0000
const ON = 3

function clocked(uart: number): readonly (readonly [number, number])[] {
  const gate = CCM + 0x4000 + 0x10 * (72 + uart)
  const root = CCM + 0x8000 + 0x80 * (93 + uart)
  return [
    [gate + 8, ON],
    [root, ROOT_ON],
    [gate + 4, ON],
  ]
}

const uart = (number: number, base: number, spi: number): BoardDevice => ({
  node: `/soc@0/bus@30800000/serial@${base.toString(16)}`,
  compatible: ['fsl,imx8mp-uart', 'fsl,imx6q-uart'],
  base,
  size: 0x1_0000,
  intids: [SPI_BASE + spi],
  clocks: { ipg: OSCILLATOR, per: OSCILLATOR },
  enable: clocked(number),
})

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
  // Their pins are what the boot loader connects. Ethernet, CAN and USB want registers, pins or power that are not theirs alone.
  devices: { uart1: uart(1, 0x3086_0000, 26), uart3: uart(3, 0x3088_0000, 28) },
  dtb: 'freescale/imx8mp-evk.dtb',
  qemu: {
    machine: () => 'imx8mp-evk',
    cpu: 'cortex-a53',
    // hw/arm/boot.c, as for every board.
    initrdOffset: (ramSize) => Math.min(ramSize / 2, 128 * MiB),
    serial: 1,
  },
} satisfies Board

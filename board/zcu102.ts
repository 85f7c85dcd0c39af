/** AMD (Xilinx) ZCU102. UG1085, "System Addresses", "Interrupts"; Linux, arch/arm64/boot/dts/xilinx/zynqmp-zcu102-rev1.0.dts. */
import type { Board } from '../tool/config/board.ts'

const MiB = 2 ** 20
const GiB = 2 ** 30
/** DDR below 4 GiB; the rest is at 32 GiB. */
const LOW = 2 * GiB
const HIGH_BASE = 32 * GiB

export default {
  name: 'zcu102',
  title: 'AMD Zynq UltraScale+ ZCU102',
  compatible: 'xlnx,zynqmp-zcu102',
  ram: {
    size: 4 * GiB,
    most: 4 * GiB,
    sizes: [4 * GiB],
    ranges: (size) =>
      [
        { start: 0, end: Math.min(size, LOW) },
        { start: HIGH_BASE, end: HIGH_BASE + size - LOW },
      ].filter(({ start, end }) => start < end),
  },
  cores: { count: 4, most: 4 },
  gic: { versions: [2], most: { 2: 4 } },
  uart: { kind: 'cadence', base: 0xff00_0000, intid: 53 },
  devices: {
    uart1: {
      node: '/axi/serial@ff010000',
      compatible: ['xlnx,zynqmp-uart', 'cdns,uart-r1p12'],
      base: 0xff01_0000,
      size: 0x1000,
      intids: [54],
      clocks: { uart_clk: 100_000_000, pclk: 100_000_000 },
    },
  },
  disks: {
    // UG1085, "SD/SDIO/eMMC Controller": SDIO1_REF_CTRL gives it up to 200 MHz, its capabilities say 100. High speed needs the tap
    // delays that Linux asks the firmware for.
    sd: {
      title: 'the SD card',
      driver: 'sdhci',
      base: 0xff17_0000,
      size: 0x1000,
      intid: 81,
      clock: 200_000_000,
      speed: 25_000_000,
      reach: 4 * GiB,
      node: '/axi/mmc@ff170000',
      qemu: (file) => ['-drive', `if=sd,index=1,format=raw,file=${file}`],
    },
  },
  dtb: 'xilinx/zynqmp-zcu102-rev1.0.dtb',
  qemu: {
    machine: () => 'xlnx-zcu102,virtualization=on',
    cpu: 'cortex-a53',
    // hw/arm/boot.c, as for every board.
    initrdOffset: (ramSize) => Math.min(ramSize / 2, 128 * MiB),
    // Of more, QEMU's DTB says that it is in one piece from 0 on, over the board's devices.
    ram: { option: '2G', size: LOW },
  },
} satisfies Board

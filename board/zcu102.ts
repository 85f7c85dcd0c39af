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
  // What the first stage boot loader of this board clocks and connects; a reset or a clock that it does not give, no VM can. Left out:
  // I2C, which sets the board's voltages, QSPI, which holds what it boots, GPIO, the watchdogs, and what has an SERDES before it.
  devices: {
    uart1: {
      node: '/axi/serial@ff010000',
      compatible: ['xlnx,zynqmp-uart', 'cdns,uart-r1p12'],
      base: 0xff01_0000,
      size: 0x1000,
      intids: [54],
      clocks: { uart_clk: 100_000_000, pclk: 100_000_000 },
    },
    can1: {
      node: '/axi/can@ff070000',
      compatible: ['xlnx,zynq-can-1.0'],
      base: 0xff07_0000,
      size: 0x1000,
      intids: [56],
      clocks: { can_clk: 100_000_000, pclk: 100_000_000 },
      properties: ['tx-fifo-depth = <0x40>', 'rx-fifo-depth = <0x40>'],
    },
    rtc: {
      node: '/axi/rtc@ffa60000',
      compatible: ['xlnx,zynqmp-rtc'],
      base: 0xffa6_0000,
      size: 0x100,
      intids: [58, 59],
      properties: ['interrupt-names = "alarm", "sec"', 'calibration = <0x7fff>'],
    },
    // The board's Ethernet. Its transmit clock stands still at what 1 Gbit/s needs; both of its queues raise one interrupt.
    gem3: {
      node: '/axi/ethernet@ff0e0000',
      compatible: ['cdns,zynqmp-gem', 'cdns,gem'],
      base: 0xff0e_0000,
      size: 0x1000,
      intids: [95, 95],
      clocks: { pclk: 100_000_000, hclk: 125_000_000, tx_clk: 125_000_000, rx_clk: 125_000_000, tsu_clk: 250_000_000 },
      properties: ['phy-mode = "rgmii-id"', 'phy-handle = <&gem3_phy>'],
      children:
        'mdio { #address-cells = <1>; #size-cells = <0>; gem3_phy: ethernet-phy@c { reg = <0xc>; ti,rx-internal-delay = <0x8>; ti,tx-internal-delay = <0xa>; ti,fifo-depth = <0x1>; ti,dp83867-rxctrl-strap-quirk; }; };',
      dma: { reach: 4 * GiB },
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

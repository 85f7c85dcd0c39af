/** Raspberry Pi 4 Model B. "BCM2711 ARM Peripherals"; Linux, arch/arm64/boot/dts/broadcom/bcm2711-rpi-4-b.dts. */
import { type Board, SD_BUNDLE, SD_KERNEL, type Wire } from '../tool/config/board.ts'
import type { BoardDevice } from '../tool/config/board-device.ts'

const MiB = 2 ** 20
const GiB = 2 ** 30
/** The VideoCore's share, at the end of the first GiB, by the firmware's default gpu_mem=76. */
const VIDEOCORE = 0x3b40_0000
/** Where the bundle goes; QEMU puts it there by itself. */
const BUNDLE = 128 * MiB
/** The peripherals, at the end of the fourth. */
const PERIPHERALS = 0xfc00_0000
/** Where the firmware is told to put the DTB: below the bundle, so that the end of the first GiB stays in one piece. */
const DTB = 112 * MiB

// "BCM2711 ARM Peripherals", "Alternative Function Assignments" for pins, "Legacy GIC peripherals" for interrupts. Clocks are the
// firmware's largest: a bus that is clocked lower is slower than its driver thinks, never faster.
const CORE_CLOCK = 500_000_000
const UART_CLOCK = 48_000_000
const UART_INTID = 153
const I2C_INTID = 149
const SPI_INTID = 150

const uart = (address: number, pins: number[], alternate: number): BoardDevice => ({
  node: `/soc/serial@7e${hex(address)}`,
  compatible: ['arm,pl011', 'arm,primecell'],
  base: 0xfe00_0000 + address,
  size: 0x200,
  intids: [UART_INTID],
  clocks: { uartclk: UART_CLOCK, apb_pclk: CORE_CLOCK },
  properties: ['arm,primecell-periphid = <0x341011>'],
  pins: connected(pins, alternate),
})

const i2c = (address: number, pins: number[], alternate: number): BoardDevice => ({
  node: `/soc/i2c@7e${hex(address)}`,
  compatible: ['brcm,bcm2711-i2c', 'brcm,bcm2835-i2c'],
  base: 0xfe00_0000 + address,
  size: 0x200,
  intids: [I2C_INTID],
  clocks: { '': CORE_CLOCK },
  properties: ['clock-frequency = <100000>', '#address-cells = <1>', '#size-cells = <0>'],
  pins: connected(pins, alternate),
})

const spi = (address: number, pins: number[], alternate: number): BoardDevice => ({
  node: `/soc/spi@7e${hex(address)}`,
  compatible: ['brcm,bcm2835-spi'],
  base: 0xfe00_0000 + address,
  size: 0x200,
  intids: [SPI_INTID],
  clocks: { '': CORE_CLOCK },
  properties: ['#address-cells = <1>', '#size-cells = <0>'],
  pins: connected(pins, alternate),
})

/** Raspberry Pi documentation, "config.txt", "GPIO control". */
function connected(numbers: number[], alternate: number): NonNullable<BoardDevice['pins']> {
  return { numbers, firmware: `gpio=${numbers.join(',')}=a${alternate}` }
}

function hex(address: number): string {
  return address.toString(16).padStart(6, '0')
}

const devices: Record<string, BoardDevice> = {
  // Bluetooth's
  uart0: uart(0x20_1000, [30, 31, 32, 33], 3),
  uart2: uart(0x20_1400, [0, 1], 4),
  uart3: uart(0x20_1600, [4, 5], 4),
  uart4: uart(0x20_1800, [8, 9], 4),
  uart5: uart(0x20_1a00, [12, 13], 4),
  i2c1: { ...i2c(0x80_4000, [2, 3], 0), size: 0x1000 },
  i2c3: i2c(0x20_5600, [4, 5], 5),
  i2c4: i2c(0x20_5800, [8, 9], 5),
  i2c5: i2c(0x20_5a00, [12, 13], 5),
  i2c6: i2c(0x20_5c00, [22, 23], 5),
  spi0: spi(0x20_4000, [7, 8, 9, 10, 11], 0),
  spi3: spi(0x20_4600, [0, 1, 2, 3], 3),
  spi4: spi(0x20_4800, [4, 5, 6, 7], 3),
  spi5: spi(0x20_4a00, [12, 13, 14, 15], 3),
  spi6: spi(0x20_4c00, [18, 19, 20, 21], 3),
  rng: {
    node: '/soc/rng@7e104000',
    compatible: ['brcm,bcm2711-rng200'],
    base: 0xfe10_4000,
    size: 0x28,
    intids: [],
  },
  // The board's Ethernet
  genet: {
    node: '/scb/ethernet@7d580000',
    compatible: ['brcm,bcm2711-genet-v5'],
    base: 0xfd58_0000,
    size: 0x1_0000,
    intids: [189, 190],
    properties: ['phy-handle = <&phy1>', 'phy-mode = "rgmii-rxid"', '#address-cells = <1>', '#size-cells = <1>'],
    children:
      'mdio@e14 { compatible = "brcm,genet-mdio-v5"; reg = <0xe14 0x8>; reg-names = "mdio"; #address-cells = <1>; #size-cells = <0>; phy1: ethernet-phy@1 { reg = <1>; }; };',
    dma: { reach: 16 * GiB },
  },
  // The USB-C socket; the four others hang on PCIe
  usb: {
    node: '/soc/usb@7e980000',
    compatible: ['brcm,bcm2835-usb'],
    base: 0xfe98_0000,
    size: 0x1_0000,
    intids: [105],
    clocks: { otg: 480_000_000 },
    properties: ['dr_mode = "host"'],
    // "BCM2711 ARM Peripherals", "Address map": legacy masters see the first GiB at the uncached alias.
    dma: { reach: GiB, base: 0xc000_0000 },
  },
}

/** PL011s, which share a page and an interrupt: no VM has another of them then. UART 0 is QEMU's first. */
const wires = Object.fromEntries(
  ['uart0', 'uart2', 'uart3', 'uart4', 'uart5'].map((name): [string, Wire] => {
    const { node, base, pins } = devices[name]!
    return [
      name,
      { node: node!, base, intid: UART_INTID, clock: UART_CLOCK, pins, ...(name === 'uart0' && { serial: 0 }) },
    ]
  }),
)

export default {
  name: 'rpi4',
  title: 'Raspberry Pi 4 Model B',
  compatible: 'raspberrypi,4-model-b',
  ram: {
    size: 2 * GiB,
    most: 8 * GiB,
    sizes: [GiB, 2 * GiB, 4 * GiB, 8 * GiB],
    ranges: (size) =>
      [
        { start: 0, end: Math.min(size, VIDEOCORE) },
        { start: GiB, end: Math.min(size, PERIPHERALS) },
        { start: 4 * GiB, end: size },
      ].filter(({ start, end }) => start < end),
  },
  cores: { count: 4, most: 4 },
  gic: { versions: [2], most: { 2: 4 } },
  uart: { kind: 'mini', base: 0xfe21_5040, intid: 125 },
  devices,
  wires,
  // Those of the header; what is behind them the board needs itself.
  gpio: { kind: 'bcm', node: '/soc/gpio@7e200000', base: 0xfe20_0000, intids: [145, 146, 147, 148], pins: 28 },
  disks: {
    // "BCM2711 ARM Peripherals", "Address map"; the DTB has its registers and interrupt. The firmware leaves its clock at 100 MHz.
    sd: {
      title: 'the SD card',
      driver: 'sdhci',
      base: 0xfe34_0000,
      size: 0x100,
      intid: 158,
      clock: 100_000_000,
      // Of 32 bits, by ADMA2's short descriptors; how far its bus goes depends on the chip's stepping, and is in the DTB.
      reach: 4 * GiB,
      node: '/emmc2bus/mmc@7e340000',
      // QEMU's `if=sd` is the host that serves WLAN on the board; this one's bus is that of the `generic-sdhci` made last.
      qemu: (file) => [
        ...['-drive', `if=none,id=sd,format=raw,file=${file}`],
        ...['-device', 'sd-card,drive=sd,bus=main-system-bus/generic-sdhci/sd-bus'],
      ],
    },
  },
  dtb: 'broadcom/bcm2711-rpi-4-b.dtb',
  qemu: {
    machine: () => 'raspi4b',
    cpu: 'cortex-a72',
    // hw/arm/boot.c, as for every board.
    initrdOffset: (ramSize) => Math.min(ramSize / 2, BUNDLE),
    serial: 1,
    ram: { option: '2G', size: 960 * MiB },
  },
  sd: {
    package: 'raspi-firmware',
    folder: 'usr/lib/raspi-firmware',
    files: ['start4.elf', 'fixup4.dat'],
    licence: 'usr/share/doc/raspi-firmware/copyright',
    disk: 'sd',
    bundleMost: VIDEOCORE - BUNDLE,
    // Raspberry Pi documentation, "config.txt". An address for the bundle, since `followkernel` goes by the size of the file, and
    // behind that lie our tables. enable_uart also keeps the clock of the mini UART, on GPIO 14 and 15, steady.
    consolePins: [14, 15],
    settings: {
      name: 'config.txt',
      lines: [
        'arm_64bit=1',
        `kernel=${SD_KERNEL}`,
        `initramfs ${SD_BUNDLE} 0x${BUNDLE.toString(16)}`,
        'device_tree=bcm2711-rpi-4-b.dtb',
        `device_tree_address=0x${DTB.toString(16)}`,
        'enable_uart=1',
        'enable_gic=1',
      ],
    },
  },
} satisfies Board

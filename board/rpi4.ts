/** Raspberry Pi 4 Model B. "BCM2711 ARM Peripherals"; Linux, arch/arm64/boot/dts/broadcom/bcm2711-rpi-4-b.dts. */
import { type Board, SD_BUNDLE, SD_KERNEL } from '../tool/config/board.ts'

const MiB = 2 ** 20
const GiB = 2 ** 30
/** The VideoCore's share, at the end of the first GiB, by the firmware's default gpu_mem=76. */
const VIDEOCORE = 0x3b40_0000
/** Where the bundle goes; QEMU puts it there by itself. */
const BUNDLE = 128 * MiB
/** The peripherals, at the end of the fourth. */
const PERIPHERALS = 0xfc00_0000

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
    bundleMost: VIDEOCORE - BUNDLE,
    // Raspberry Pi documentation, "config.txt". An address for the bundle, since `followkernel` goes by the size of the file, and
    // behind that lie our tables. enable_uart also keeps the clock of the mini UART, on GPIO 14 and 15, steady.
    texts: {
      'config.txt': [
        'arm_64bit=1',
        `kernel=${SD_KERNEL}`,
        `initramfs ${SD_BUNDLE} 0x${BUNDLE.toString(16)}`,
        'device_tree=bcm2711-rpi-4-b.dtb',
        'enable_uart=1',
        'enable_gic=1',
        '',
      ].join('\n'),
    },
  },
} satisfies Board

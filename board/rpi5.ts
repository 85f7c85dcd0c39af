/** Raspberry Pi 5. Linux, arch/arm64/boot/dts/broadcom/bcm2712-rpi-5-b.dts. QEMU does not play it. */
import type { Board } from '../tool/config/board.ts'

const GiB = 2 ** 30
/** The secure firmware's memory at its start, by the DTB's /reserved-memory. */
const SECURE = 0x8_0000
/** The VideoCore's share, at the end of the first GiB. */
const VIDEOCORE = 0x3fc0_0000

export default {
  name: 'rpi5',
  title: 'Raspberry Pi 5',
  compatible: 'raspberrypi,5-model-b',
  ram: {
    size: 4 * GiB,
    most: 16 * GiB,
    sizes: [2 * GiB, 4 * GiB, 8 * GiB, 16 * GiB],
    ranges: (size) => [
      { start: SECURE, end: VIDEOCORE },
      { start: GiB, end: size },
    ],
  },
  cores: { count: 4, most: 4 },
  gic: { versions: [2], most: { 2: 4 } },
  uart: { kind: 'pl011', base: 0x10_7d00_1000, intid: 153 },
  // Ethernet, USB, I2C, SPI and further UARTs are in RP1, behind PCIe. Of the chip's own the system timer, the mailbox and the GPIO of the
  // always-on part are the firmware's too, and the SD hosts' and the wireless UART's interrupts, 305, 306 and 308, are more than a VM has.
  devices: {
    rng: { compatible: ['brcm,bcm2711-rng200'], base: 0x10_7d20_8000, size: 0x28, intids: [] },
  },
  dtb: 'broadcom/bcm2712-rpi-5-b.dtb',
} satisfies Board

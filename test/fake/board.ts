/** QEMU virt's device tree, the parts that core reads and some that it must step over. */

import { GICC, GICH, GICV } from './gicv2.ts'
import { GICD, GICR } from './gicv3.ts'
import type { Range } from './physical.ts'
import type { Node } from './tree.ts'

export const MiB = 2 ** 20
export const GiB = 2 ** 30
export const UART_PA = 0x0900_0000
export const RTC_PA = 0x0901_0000
export const UART_SPI = 33
export const COMPATIBLE = 'linux,dummy-virt'

export interface BoardOptions {
  gic?: 2 | 3
  cpus?: number
  ram?: Range[]
  /** Where the loader put the bundle. */
  bundle?: Range | undefined
}

export const wide = (value: number): number[] => [Math.floor(value / 2 ** 32), value % 2 ** 32]
export const span = ({ start, size }: Range): number[] => [...wide(start), ...wide(size)]
const range = (start: number, size: number) => span({ start, size })

export function boardTree({ gic = 3, cpus = 4, ram = [{ start: GiB, size: GiB }], bundle }: BoardOptions = {}): Node {
  const memory = ram.map((range) => [`memory@${range.start.toString(16)}`, { reg: span(range), device_type: 'memory' }])
  return {
    'interrupt-parent': [0x8005],
    '#size-cells': [2],
    '#address-cells': [2],
    compatible: COMPATIBLE,
    psci: { method: 'smc', compatible: ['arm,psci-1.0', 'arm,psci-0.2', 'arm,psci'] },
    ...Object.fromEntries(memory),
    'platform-bus@c000000': {
      compatible: ['qemu,platform', 'simple-bus'],
      '#address-cells': [1],
      '#size-cells': [1],
      ranges: [0, 0, 0xc00_0000, 0x200_0000],
    },
    'virtio_mmio@a000000': { interrupts: [0, 16, 1], reg: range(0xa00_0000, 0x200), compatible: 'virtio,mmio' },
    'pl061@9030000': {
      compatible: ['arm,pl061', 'arm,primecell'],
      reg: range(0x903_0000, 0x1000),
      'gpio-controller': true,
    },
    'pl031@9010000': {
      compatible: ['arm,pl031', 'arm,primecell'],
      reg: range(RTC_PA, 0x1000),
      interrupts: [0, 2, 4],
    },
    'pl011@9000000': {
      compatible: ['arm,pl011', 'arm,primecell'],
      reg: range(UART_PA, 0x1000),
      interrupts: [0, UART_SPI - 32, 4],
    },
    'intc@8000000': gic === 3 ? gicv3() : gicv2(),
    cpus: {
      '#address-cells': [1],
      '#size-cells': [0],
      'cpu-map': { socket0: { cluster0: { core0: { cpu: [0x8004] } } } },
      ...Object.fromEntries(
        Array.from({ length: cpus }, (_, i) => [
          `cpu@${i}`,
          { reg: [i], device_type: 'cpu', compatible: 'arm,cortex-a72', 'enable-method': 'psci' },
        ]),
      ),
    },
    aliases: { serial0: '/pl011@9000000' },
    chosen: {
      ...(bundle && {
        'linux,initrd-end': wide(bundle.start + bundle.size),
        'linux,initrd-start': wide(bundle.start),
      }),
      'stdout-path': '/pl011@9000000',
      'rng-seed': [1, 2, 3, 4],
    },
  }
}

function gicv3(): Node {
  return {
    interrupts: [1, 9, 4],
    reg: [...range(GICD, 0x1_0000), ...range(GICR, 0xf6_0000)],
    compatible: 'arm,gic-v3',
    'interrupt-controller': true,
    'its@8080000': { compatible: 'arm,gic-v3-its', reg: range(0x808_0000, 0x2_0000), 'msi-controller': true },
  }
}

function gicv2(): Node {
  return {
    interrupts: [1, 9, 4],
    reg: [GICD, GICC, GICH, GICV].flatMap((pa) => range(pa, 0x1_0000)),
    compatible: 'arm,cortex-a15-gic',
    'interrupt-controller': true,
    'v2m@8020000': { compatible: 'arm,gic-v2m-frame', reg: range(0x802_0000, 0x1000), 'msi-controller': true },
  }
}

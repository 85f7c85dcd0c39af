/** A board like Raspberry Pi 4 to the eyes of core: devices behind a bus, CPUs in a spin table, no PSCI, a power manager. */
import { type BoardOptions, boardTree, GiB, MiB, span, UART_PA, UART_SPI, wide } from './board.ts'
import { GICC, GICH, GICV } from './gicv2.ts'
import { GICD } from './gicv3.ts'
import type { MachineOptions } from './machine.ts'
import type { Node } from './tree.ts'

/** What the CPU has at BASE, buses have at their own addresses: a bus in a bus, each with cells of its own. */
const BASE = 0x0800_0000
const OUTER = 0x7e00_0000
const INNER = 0x4000_0000
const SIZE = 0x0200_0000
const inner = (pa: number) => pa - BASE + INNER
export const PM_PA = 0x0910_0000
/** The first CPU's word; the others' follow. */
export const SPIN = GiB + 0xd8
/** Of the board's own tree: serial0 is the console's alias. */
const CONSOLE = `serial@${inner(UART_PA).toString(16)}`

export function likeRaspberry(tree: Node): void {
  const cpus = tree.cpus as Node
  for (const name of Object.keys(tree)) if (/^(pl011|pl031|intc|psci)/.test(name)) delete tree[name]
  for (let i = 0; cpus[`cpu@${i}`]; i++) {
    const cpu = cpus[`cpu@${i}`] as Node
    cpu['enable-method'] = 'spin-table'
    cpu['cpu-release-addr'] = wide(SPIN + 8 * i)
  }
  const reg = (...ranges: [number, number][]) => ranges.flatMap(([pa, size]) => [inner(pa), size])
  tree['reserved-memory'] = {
    '#address-cells': [2],
    '#size-cells': [2],
    ranges: true,
    'linux,cma': { size: wide(64 * MiB) },
    'firmware@42000000': { reg: span({ start: GiB + 32 * MiB, size: MiB }) },
  }
  tree.soc = {
    compatible: 'simple-bus',
    '#address-cells': [1],
    '#size-cells': [1],
    ranges: [0x1000_0000, ...wide(0x1000_0000), 0x1000, OUTER, ...wide(BASE), SIZE],
    'bus@40000000': {
      '#address-cells': [1],
      '#size-cells': [1],
      ranges: [INNER, OUTER, SIZE],
      'interrupt-controller@0': { compatible: 'brcm,bcm2836-l1-intc', reg: reg([BASE, 0x1000]) },
      'interrupt-controller@40041000': {
        compatible: 'arm,gic-400',
        interrupts: [1, 9, 4],
        reg: reg([GICD, 0x1000], [GICC, 0x2000], [GICH, 0x2000], [GICV, 0x2000]),
      },
      [CONSOLE]: {
        compatible: ['arm,pl011', 'arm,primecell'],
        reg: reg([UART_PA, 0x200]),
        interrupts: [0, UART_SPI - 32, 4],
        status: 'okay',
      },
      'watchdog@7e100000': { compatible: ['brcm,bcm2711-pm', 'brcm,bcm2835-pm-wdt'], reg: reg([PM_PA, 0x114]) },
    },
  }
  tree.aliases = { serial: '/nowhere', serial0: `/soc/bus@40000000/${CONSOLE}`, serial00: '/nowhere' }
  ;(tree.chosen as Node)['stdout-path'] = 'serial0:115200n8'
}

export const RASPBERRY = { gic: 2, spin: SPIN, bend: likeRaspberry } as const satisfies MachineOptions

/** The same as a tree alone. */
export function raspberryTree(options: BoardOptions = {}): Node {
  const tree = boardTree({ gic: 2, ...options })
  likeRaspberry(tree)
  return tree
}

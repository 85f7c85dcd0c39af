/** What of the bundle is about devices of the board: VMs' own, and its GPIO. */
import { GPIO_KIND_BCM, GPIO_KIND_PL061 } from '../../src/abi/gpio.ts'
import type { GpioBlock } from '../config/board.ts'
import { linesOf } from '../config/device.ts'
import { cells, hexCell, quoted } from './dts.ts'
import type { Guest } from './guest.ts'

const GPIO_KINDS = { bcm: GPIO_KIND_BCM, pl061: GPIO_KIND_PL061 } as const

/** A device of the board's; pages that an earlier one has brought already are not said twice. */
export function deviceNode({ name, device, pages }: Guest['board'][number], i: number): string {
  const ranges = pages.map(({ start, end }) => `<${cells(start)} ${cells(end - start)}>`).join(', ')
  const writes = device.enable?.map(([address, value]) => `<${cells(address)} ${hexCell(value)}>`).join(', ')
  const interrupts = device.intids.map((intid) => `<${intid} 0>`).join(', ')
  return `				device-${i} {
					device = ${quoted(name)};${ranges && `\n					reg = ${ranges};`}${interrupts && `\n					interrupts = ${interrupts};`}${device.dma ? '\n					dma;' : ''}${writes ? `\n					enable = ${writes};` : ''}
				};
`
}

/** Pins of the board's GPIO, only for a VM that has some. */
export function linesNode(vm: Guest['vm']): string {
  const pins = linesOf(vm).map(({ pin }) => pin)
  if (pins.length === 0) return ''
  return `				gpio {
					device = "gpio";
					lines = <${pins.join(' ')}>;
				};
`
}

/** Only for a system whose VMs have lines of it. */
export function gpio(block: GpioBlock | undefined, vms: readonly Guest['vm'][]): string {
  if (!block || vms.every((vm) => linesOf(vm).length === 0)) return ''
  return `\n		gpio = <${GPIO_KINDS[block.kind]} ${cells(block.base)} ${block.intids.join(' ')}>;`
}

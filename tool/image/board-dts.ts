/** Nodes of a guest's device tree for the board's devices that it has to itself: as in the board's own tree, but for clocks. */
import type { BoardDevice } from '../config/board-device.ts'
import { at, cells, LEVEL_HIGH, node, quoted, reg, SPI, SPI_BASE } from './dts.ts'

/** `devices` by name. */
export function boardNodes(devices: readonly (readonly [name: string, device: BoardDevice])[]): string[] {
  const frequencies = new Set(devices.flatMap(([, { clocks }]) => Object.values(clocks ?? {})))
  return [...[...frequencies].map(clockNode), ...devices.map(([name, device]) => deviceNode(name, device))]
}

/** The board's clocks are nobody's to change: each stands still at the frequency that the firmware leaves. */
function clockNode(frequency: number): string {
  return node(`clk${frequency}: clock-${frequency}`, [
    'compatible = "fixed-clock"',
    '#clock-cells = <0>',
    `clock-frequency = <${frequency}>`,
  ])
}

function deviceNode(name: string, device: BoardDevice): string {
  const { dma } = device
  if (dma?.base === undefined) return plainNode(name, device, 1)
  // What the device calls an address is said by the bus that it is on.
  return node(
    `${name}-bus`,
    [
      'compatible = "simple-bus"',
      '#address-cells = <2>',
      '#size-cells = <2>',
      'ranges',
      `dma-ranges = <${cells(dma.base)} ${cells(0)} ${cells(dma.reach)}>`,
    ],
    1,
    [plainNode(name, device, 2)],
  )
}

function plainNode(name: string, device: BoardDevice, depth: number): string {
  const { compatible, base, size, intids, clocks = {}, properties = [], children } = device
  const names = Object.keys(clocks)
  const interrupts = intids.map((intid) => `<${SPI} ${intid - SPI_BASE} ${LEVEL_HIGH}>`)
  const lines = [
    `compatible = ${compatible.map(quoted).join(', ')}`,
    reg([base, size]),
    interrupts.length > 0 && `interrupts = ${interrupts.join(', ')}`,
    names.length > 0 &&
      `clocks = ${Object.values(clocks)
        .map((frequency) => `<&clk${frequency}>`)
        .join(', ')}`,
    names.some(Boolean) && `clock-names = ${names.map(quoted).join(', ')}`,
    ...properties,
  ]
  const below = children === undefined ? [] : [`${'\t'.repeat(depth + 1)}${children}\n`]
  return node(at(nodeName(name, device), base), lines, depth, below)
}

/** The generic name that the board's own tree has for it. */
function nodeName(name: string, { node }: BoardDevice): string {
  return node?.replace(/.*\//, '').replace(/@.*/, '') ?? name
}

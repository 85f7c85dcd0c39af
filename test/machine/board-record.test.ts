/** Every board's record against its public DTB, as core itself reads that. */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import * as abi from '../../src/abi/compartment.ts'
import { type Board, boardNames, loadBoard } from '../../tool/config/board.ts'
import { runTool } from '../../tool/image/run-tool.ts'
import { debianDeviceTree } from '../../tool/setup/debian.ts'
import { silence } from '../../tool/ui/step.ts'
import { buildInternals } from '../fake/build-internals.ts'
import { bareInternals, type Internals } from '../fake/internals.ts'

const KINDS: Record<Board['uart']['kind'], number> = {
  pl011: abi.UART_KIND_PL011,
  mini: abi.UART_KIND_MINI,
  cadence: abi.UART_KIND_CADENCE,
  imx: abi.UART_KIND_IMX,
}

/** GICD, and GICR or GICC, GICH, GICV, by the boards' manuals; how the second CPU starts. */
const FIRMWARE: Record<string, { gic: number[]; start: 'psci' | number }> = {
  rpi4: { gic: [0xff84_1000, 0xff84_2000, 0xff84_4000, 0xff84_6000], start: 0xe0 },
  rpi5: { gic: [0x10_7fff_9000, 0x10_7fff_a000, 0x10_7fff_c000, 0x10_7fff_e000], start: 'psci' },
  zcu102: { gic: [0xf901_0000, 0xf902_0000, 0xf904_0000, 0xf906_0000], start: 'psci' },
  'imx8mp-evk': { gic: [0x3880_0000, 0x3888_0000], start: 'psci' },
}

beforeAll(async () => {
  silence()
  await buildInternals((message) => {
    throw new Error(message)
  })
})

/** core after its look at the tree. */
function surveyed(blob: Buffer): Internals {
  const core = bareInternals()
  const pages = Math.ceil(blob.length / 0x1_0000)
  const at = core.memory.grow(pages) * 0x1_0000
  new Uint8Array(core.memory.buffer).set(blob, at)
  expect(core.treeSize!(at, blob.length)).toBe(blob.length)
  core.setDtb!(at)
  core.survey!()
  return core
}

const boards = await Promise.all(boardNames().map(loadBoard))

describe.each(boards.filter(({ dtb }) => dtb))('$name', (board) => {
  const value = (core: Internals, name: string) => Number((core[name] as unknown as WebAssembly.Global).value)
  let core: Internals
  beforeAll(async () => {
    core = surveyed(readFileSync(await debianDeviceTree(board.dtb!)))
  })

  test('has the console that its tree names', () => {
    expect(core.readConsole!()).toBe(1)
    const found = ['uartKind', 'uartPa', 'uartIntid'].map((name) => value(core, name))
    expect(found).toEqual([KINDS[board.uart.kind], board.uart.base, board.uart.intid])
  })

  test('has the interrupt controller of its manual', () => {
    expect(board.gic.versions).toEqual([value(core, 'gicVersion')])
    const names = ['gicdPa', ...(board.gic.versions[0] === 3 ? ['gicrPa'] : ['giccPa', 'gichPa', 'gicvPa'])]
    expect(names.map((name) => value(core, name))).toEqual(FIRMWARE[board.name]!.gic)
    expect(value(core, 'maintenanceIntid')).toBe(25)
  })

  test('starts its CPUs as its firmware offers', () => {
    core.readSystem!()
    const { start } = FIRMWARE[board.name]!
    expect(value(core, 'cpuCount')).toBe(board.cores.count)
    expect(Boolean(value(core, 'hasPsci'))).toBe(start === 'psci')
    expect(Number(core.releaseOf!(1))).toBe(start === 'psci' ? 0 : start)
  })

  test('is told apart by its name', async () => {
    const shown = await runTool('fdtget', [await debianDeviceTree(board.dtb!), '/', 'compatible'])
    expect(shown.stdout.toString().trim().split(' ')).toContain(board.compatible)
  })

  test('keeps its RAM in order, whatever its size', () => {
    for (const size of board.ram.sizes ?? [board.ram.size]) {
      const ranges = board.ram.ranges(size)
      for (const [i, { start, end }] of ranges.entries()) {
        expect(end).toBeGreaterThan(start)
        if (i > 0) expect(start).toBeGreaterThanOrEqual(ranges[i - 1]!.end)
      }
      expect(ranges.reduce((sum, { start, end }) => sum + end - start, 0)).toBeLessThanOrEqual(size)
    }
  })
})

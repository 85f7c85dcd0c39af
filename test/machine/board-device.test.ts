/** The devices that boards offer to VMs, against their public DTBs: registers, interrupts, what they are. */
import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { boardNames, loadBoard } from '../../tool/config/board.ts'
import { debianDeviceTree } from '../../tool/setup/debian.ts'
import { silence } from '../../tool/ui/step.ts'

const SPI_BASE = 32

silence()
const boards = (await Promise.all(boardNames().map(loadBoard))).filter(({ dtb, devices }) => dtb && devices)

/** `fdtget`'s numbers. */
function numbers(file: string, node: string, property: string): number[] {
  const text = execFileSync('fdtget', ['-t', 'u', file, node, property], { encoding: 'utf8' })
  return text.trim().split(/\s+/).filter(Boolean).map(Number)
}

const joined = (cells: number[]) => cells.reduce((value, cell) => value * 2 ** 32 + cell, 0)

/** The first range of a node on a bus below the root, as the CPU has it. */
function registers(file: string, node: string): [base: number, size: number] {
  const bus = node.slice(0, node.lastIndexOf('/'))
  const [address] = numbers(file, bus, '#address-cells') as [number]
  const [size] = numbers(file, bus, '#size-cells') as [number]
  const reg = numbers(file, node, 'reg')
  const child = joined(reg.slice(0, address))
  const ranges = numbers(file, bus, 'ranges')
  const length = joined(reg.slice(address, address + size))
  if (ranges.length === 0) return [child, length]
  const stride = address + 2 + size
  for (let at = 0; at < ranges.length; at += stride) {
    const offset = child - joined(ranges.slice(at, at + address))
    const outer = joined(ranges.slice(at + address, at + address + 2))
    if (offset >= 0 && offset < joined(ranges.slice(at + address + 2, at + stride))) return [outer + offset, length]
  }
  throw new Error(`${node} is not in its bus's ranges`)
}

/** Later trees have it, at the same place: Linux, arch/arm64/boot/dts/broadcom/bcm2712.dtsi. */
const UNKNOWN = ['rpi5 rng']

test('every device but those has a node in its board’s public tree', () => {
  const found = boards.flatMap(({ name, devices }) =>
    Object.entries(devices!).flatMap(([device, { node }]) => (node ? [] : [`${name} ${device}`])),
  )
  expect(found).toEqual(UNKNOWN)
})

describe.each(boards.filter(({ name }) => !UNKNOWN.some((each) => each.startsWith(`${name} `))))('$name', (board) => {
  test.each(Object.keys(board.devices!))('%s is as the board has it', async (name) => {
    const { node, base, size, intids, compatible } = board.devices![name]!
    const file = await debianDeviceTree(board.dtb!)
    expect(registers(file, node!)).toEqual([base, size])
    const theirs = execFileSync('fdtget', [file, node!, 'compatible'], { encoding: 'utf8' })
    expect(theirs.trim().split(' ')).toEqual([...compatible])
    const cells = intids.length > 0 ? numbers(file, node!, 'interrupts') : []
    const levels = intids.flatMap((intid) => [0, intid - SPI_BASE, 4])
    expect(cells).toEqual(levels)
  })
})

test.each(boards.filter(({ gpio }) => gpio))('$name has its GPIO where it says', async ({ gpio, dtb }) => {
  const file = await debianDeviceTree(dtb!)
  expect(registers(file, gpio!.node!)[0]).toBe(gpio!.base)
  expect(numbers(file, gpio!.node!, 'interrupts')).toEqual(gpio!.intids.flatMap((intid) => [0, intid - SPI_BASE, 4]))
})

const disks = boards.flatMap(({ name, dtb, disks = {} }) =>
  Object.entries(disks).map(([disk, own]) => ({ board: name, name: disk, dtb: dtb!, own })),
)

test.each(disks)("$board's disk $name is where the board has it", async ({ dtb, own }) => {
  const file = await debianDeviceTree(dtb)
  expect(registers(file, own.node!)).toEqual([own.base, own.size])
  expect(numbers(file, own.node!, 'interrupts')).toEqual([0, own.intid - SPI_BASE, own.edge ? 1 : 4])
})

/** A VM's compartment that breaks takes down its own VM: a report says what and where, the neighbour notices nothing. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { GicVersion } from '../../tool/config/board.ts'
import { withBoard } from './harness/board.ts'
import { broken, faulty, placeOf } from './harness/broken.ts'
import { expectUnharmed, NEIGHBOUR } from './harness/neighbour.ts'
import { argumentsFor, packed } from './harness/system.ts'

const FAILED = "^VM 'broken': its device models failed"
const CRASHED = "^VM 'broken' crashed"

const trap = (reason: string, fault: string) =>
  new RegExp(`${FAILED}: ${reason} at .*${placeOf('vmm', fault)}, pc 0x40[0-9a-f]{8}$`)
const memory = (at: string) => new RegExp(`${FAILED}: memory fault at address 0x${at}, pc 0x40[0-9a-f]{8}$`)

/** VM 1's window begins at slot 3 of 8 GiB. */
const FAULTS: [string, RegExp][] = [
  ['write-behind', memory('680000000')],
  ['write-guard', memory('700007fff')],
  ['write-null', memory('600000000')],
  ['fill-behind', memory('680000000')],
  ['divide', trap('division by zero', 'Fault.Divide')],
  ['overflow', trap('integer overflow', 'Fault.Overflow')],
  ['unreachable', trap('unreachable code', 'Fault.Unreachable')],
  ['loop', trap('it took too long', 'for ever')],
  ['assert', trap('assertion', 'Fault.Assert')],
]

test.each(FAULTS)('%s: reported, off for good, neighbour unharmed', async (fault, report) => {
  const system = await faulty('vmm', fault)
  for (const gic of [2, 3] satisfies GicVersion[]) {
    await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
      await board.line('broken', /^asks for it/)
      await board.report(report)
      await board.report(/^ {2}vCPU 0: guest pc 0x400/)
      await board.report(new RegExp(`${CRASHED}; it stays off$`))
      await expectUnharmed(board)
      expect(board.linesOf('broken')).toEqual(['asks for it'])
    })
  }
})

test('starts again as often as its limit allows, then stays off', async () => {
  const system = await faulty('vmm', 'divide', { restarts: { limit: 3 } })
  await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
    for (let again = 0; again < 3; again++) await board.report(new RegExp(`${CRASHED}; it starts again$`))
    await board.report(new RegExp(`${CRASHED}; its restart limit is reached, it stays off$`))
    await expectUnharmed(board)
    expect(board.linesOf('broken')).toEqual(Array(4).fill('asks for it'))
  })
})

test('a compartment that asks core for what it may not have gets nothing of it', async () => {
  const system = await faulty('vmm', 'lie')
  for (const gic of [2, 3] satisfies GicVersion[]) {
    await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
      await board.line('broken', /^came back/)
      await board.report(/^VM 'broken' powered itself off; it stays off/)
      await expectUnharmed(board)
    })
  }
})

test('the product has no such hypercall', async () => {
  const vms = FAULTS.slice(0, 3).map(([fault]) => ({ ...broken(fault), name: fault }))
  const system = await packed({ name: 'no-fault', vms: [NEIGHBOUR, ...vms] })
  await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
    for (const { name } of vms) await board.line(name, /^nobody answered/)
    await expectUnharmed(board)
  })
  expect(readFileSync(system.image).includes('test/fault')).toBe(false)
})

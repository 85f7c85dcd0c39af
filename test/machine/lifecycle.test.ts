/** The life of a VM as an operator meets it at the serial line, and a thousand crashes; the neighbour misses no period. */
import { expect, test } from 'vitest'
import { buildIsolationGuest } from '../guest/build.ts'
import { GUESTS } from '../guest/catalogue.ts'
import { type Board, withBoard } from './harness/board.ts'
import { expectTicking, NEIGHBOUR } from './harness/neighbour.ts'
import { argumentsFor, packed } from './harness/system.ts'

/** Crashes and restarts of one VM; CYCLES in the environment makes a long night of it. */
const CYCLES = Number(process.env.CYCLES ?? 1000)
const REPORT = /^pulse: 1000 periods, .*\(0 missed\)$/
const BEGINS = /^pulse: control loop at 1000 Hz/

test.each([2, 3] as const)('paused, resumed, explained, stopped, started by an operator, GICv%d', async (gic) => {
  const target = { ...NEIGHBOUR, name: 'target', onShutdown: 'restart' as const }
  const system = await packed({ name: `operator-${gic}`, vms: [NEIGHBOUR, target] })
  await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
    await board.line('target', REPORT)

    command(board, 'pause target')
    await board.report(/^VM 'target' is paused$/)
    const before = board.linesOf('target').length
    await expectTicking(board)
    expect(board.linesOf('target').length).toBe(before)
    command(board, 'explain target')
    await board.report(/^target: vCPU 0 on CPU 2: paused at 0x4[0-9a-f]+; virtual timer in /)
    command(board, 'pause target')
    await board.report(/^target cannot do that now: it is paused$/)

    // Its clock stood still: not one of its periods is late, let alone missed.
    command(board, 'resume target')
    await board.report(/^target goes on$/)
    await board.line('target', REPORT)
    command(board, 'explain target')
    await board.report(/^target: vCPU 0 on CPU 2: (in WFI|runs) at 0x4[0-9a-f]+; virtual timer (fires|off|in \d+ ms)/)
    command(board, 'ps')
    await board.report(/^target +running +1\/1 +\d+\.\d s +\d+ +0 {2}2$/)

    command(board, 'stop target')
    await board.report(/^VM 'target' was stopped; it stays off$/)
    command(board, 'start target')
    await board.report(/^target starts$/)
    await board.line('target', BEGINS)
    command(board, 'restart target')
    await board.report(/^VM 'target' is restarted; it starts again$/)
    await board.line('target', BEGINS)
    for (const [line, answer] of [
      ['start target', /^target cannot do that now: it is running$/],
      ['stop targets', /^no such VM: ps lists them$/],
      ['halt target', /^no such command: help lists them$/],
    ] as const) {
      command(board, line)
      await board.report(answer)
    }

    await expectTicking(board)
    for (const line of board.linesOf('target'))
      expect(line).toMatch(/^pulse: (control loop|1000 periods, .*\(0 missed\))/)
  })
})

function command(board: Board, line: string): void {
  board.type(`\x1d:${line}\r`)
}

test.each([
  [3, CYCLES],
  [2, CYCLES / 10],
] as const)('GICv%d: %d crashes, each with a restart; the neighbour does not notice', async (gic, cycles) => {
  const { image } = await buildIsolationGuest(GUESTS.find(({ name }) => name === 'no-vectors')!)
  const crash = { name: 'crash', memory: '4M', kernel: image, restarts: { limit: cycles } }
  const system = await packed({ name: `crashes-${gic}`, vms: [NEIGHBOUR, crash] })
  await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
    await board.report(/^VM 'crash' crashed; its restart limit is reached, it stays off$/, 150)
    await expectTicking(board)
    const ends = board.hypervisorLines.filter((line) => line.startsWith("VM 'crash' crashed"))
    expect(ends.length).toBe(cycles + 1)
    command(board, 'ps')
    await board.report(new RegExp(`^crash +crashed +0/1 .* ${cycles} {2}2$`))
    command(board, 'start crash')
    await board.report(/^VM 'crash' crashed; its restart limit is reached, it stays off$/)
  })
})

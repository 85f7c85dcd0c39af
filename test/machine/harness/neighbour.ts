/** The VM that must not notice: a control loop at 1 kHz, and how a test asks whether it missed a period. */
import { join } from 'node:path'
import { expect } from 'vitest'
import type { VmConfig } from '../../../tool/config/define.ts'
import { ROOT } from '../../../tool/config/project.ts'
import { HYPERVISOR } from '../../../tool/qemu/console.ts'
import type { Board } from './board.ts'

const NAME = 'pulse'
const REPORT = /^pulse: \d+ periods, .* missed\)/

/**
 * To be the first VM, on core 1, which is the first that boot starts, so that its loop runs when the others begin; core 0 is left to the hypervisor.
 * QEMU gives its cores their turns in order: a timer that is due here is served before a busy core behind it goes on, so
 * that only the hypervisor could make it late.
 */
export const NEIGHBOUR: VmConfig = {
  name: NAME,
  memory: '1M',
  kernel: { source: 'assemblyscript', entry: join(ROOT, 'example/pulse/main.ts') },
  onCrash: 'stop',
}

/** Waits for two more of its reports, so that one of them holds all of what has just happened, and looks at every one. */
export async function expectTicking(board: Board): Promise<void> {
  board.skip(NAME)
  await board.line(NAME, REPORT)
  await board.line(NAME, REPORT)
  const [first, ...reports] = board.linesOf(NAME)
  expect(first).toBe('pulse: control loop at 1000 Hz')
  expect(reports.filter((line) => !/^pulse: 1000 periods, .*\(0 missed\)$/.test(line))).toEqual([])
}

/** The same, and it ticked already while the others still had something to say. */
export async function expectUnharmed(board: Board): Promise<void> {
  await expectTicking(board)
  const first = board.lines.findIndex(({ source }) => source === NAME)
  const last = board.lines.findLastIndex(({ source }) => source !== NAME && source !== HYPERVISOR)
  expect(first).toBeLessThan(last)
}

/** Where its console had to wait while another VM had the screen: its reports are longer, but whole. */
export async function expectNothingMissed(board: Board): Promise<void> {
  board.skip(NAME)
  await board.line(NAME, REPORT)
  await board.line(NAME, REPORT)
  expect(board.linesOf(NAME).filter((line) => REPORT.test(line) && !line.endsWith('(0 missed)'))).toEqual([])
}

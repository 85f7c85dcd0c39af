/** Debian's kernel as a user meets it: a shell behind the multiplexer, its devices, restart and power-off, a neighbour that ticks on. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { VmConfig } from '../../tool/config/define.ts'
import { debian } from '../../tool/config/source.ts'
import { type Board, withBoard } from './harness/board.ts'
import { expectNothingMissed, NEIGHBOUR } from './harness/neighbour.ts'
import { argumentsFor, packed } from './harness/system.ts'

/** With nothing typed behind it. */
const PROMPT = /^\/root # $/
const CTRL_BRACKET = '\x1d'

function linux(name: string, bootargs: string): VmConfig {
  const initrd = debian.busyboxInitrd()
  return { name, memory: '192M', kernel: debian.kernel(), initrd, bootargs, onCrash: 'stop' }
}

test.each([2, 3] as const)('at its shell, GICv%d', async (gic) => {
  const system = await packed({ name: `shell-${gic}`, vms: [NEIGHBOUR, linux('linux', 'console=ttyAMA0 quiet')] })
  const started = Date.now() / 1000
  await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
    await board.line('linux', PROMPT)
    board.type(`${CTRL_BRACKET}2`)
    await board.report(/^screen and keyboard: linux/)
    const ask = async (command: string, answer: RegExp) => {
      board.type(`${command}\n`)
      return board.line('linux', answer)
    }
    await ask('uname -a', /^Linux .* 6\.1\.\d.* aarch64/)
    await ask('cat /proc/interrupts', /^ *\d+: +[1-9]\d* +GIC\S+ +27 Level +arch_timer/)
    await board.line('linux', /^ *\d+: +[1-9]\d* +GIC\S+ +33 Level +uart-pl011/)

    // The virtual clock may be far from ours by now; the time that it began with may not.
    const [, now, up] = await ask('echo $(date +%s) $(cut -d. -f1 /proc/uptime)', /^(\d{10}) (\d+)$/)
    expect(Math.abs(Number(now) - Number(up) - started)).toBeLessThan(60)

    board.type('reboot\n')
    await board.report(/^VM 'linux' reset itself; it starts again$/)
    await board.line('linux', PROMPT)
    await ask('echo again: $((6 * 7))', /^again: 42$/)

    board.type('poweroff\n')
    await board.report(/^VM 'linux' powered itself off; it stays off$/)
    board.type(`${CTRL_BRACKET}0`)
    await board.report(/^screen: all/)
    await expectNothingMissed(board)
  })
})

test('with an early console', async () => {
  const system = await packed({ name: 'earlycon', vms: [linux('linux', 'earlycon console=ttyAMA0')] })
  await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
    await board.line('linux', /^\[ +0\.000000\] Booting Linux on physical CPU 0x0+ \[0x410fd08\d\]/)
    await board.line('linux', /^\[ +0\.000000\] earlycon: pl11 at MMIO 0x0*9000000 /)
    await board.line('linux', /^\[ +0\.000000\] psci: PSCIv1\.1 detected in firmware\./)
    await board.line('linux', /^\[ +[\d.]+\] printk: bootconsole \[pl11\] disabled/)
    await board.line('linux', PROMPT)
  })
})

/** More than all FIFOs and rings on the way hold, at once. */
async function paste(board: Board, name: string): Promise<void> {
  const line = (_: unknown, i: number) => `${i}: every byte of what was pasted arrives, once and in order`
  const text = `${Array.from({ length: 100 }, line).join('\n')}\n`
  board.type('echo paste; cat > pasted\n')
  await board.line(name, /^paste$/)
  board.type(`${text}\x04`)
  await board.line(name, PROMPT)
  board.type('md5sum pasted\n')
  await board.line(name, new RegExp(`^${createHash('md5').update(text).digest('hex')} `))
  await board.line(name, PROMPT)
}

/** With a thread for each core and the host's clock, as at a user's terminal, and with time counted in instructions. */
test.each([
  [2, false],
  [3, true],
] as const)('two at once, GICv%d, icount %s', async (gic, icount) => {
  const vms = ['one', 'two'].map((name) => linux(name, `console=ttyAMA0 quiet hostname=${name}`))
  const system = await packed({ name: `two-linux-${gic}`, vms, board: { memory: '640M' } })
  await withBoard({ args: argumentsFor(system, { gic, icount }), vmNames: system.vmNames }, async (board) => {
    await Promise.all(vms.map(({ name }) => board.line(name, PROMPT)))
    for (const [i, { name }] of vms.entries()) {
      board.type(`${CTRL_BRACKET}${i + 1}`)
      await board.report(new RegExp(`^screen and keyboard: ${name}`))
      board.type('echo I am $(hostname)\n')
      await board.line(name, new RegExp(`^I am ${name}$`))
      await paste(board, name)
      board.type('poweroff\n')
      await board.report(new RegExp(`^VM '${name}' powered itself off`))
    }
    expect(await board.off()).toBe(0)
  })
})

/** Para-virtual devices as Debian's unmodified kernel finds them, with its own drivers as modules. */
import { expect, test } from 'vitest'
import type { VmConfig } from '../../tool/config/define.ts'
import { virtio } from '../../tool/config/device.ts'
import { debian } from '../../tool/config/source.ts'
import { type Board, withBoard } from './harness/board.ts'
import { expectNothingMissed, NEIGHBOUR } from './harness/neighbour.ts'
import { argumentsFor, packed } from './harness/system.ts'

const PROMPT = /^\/root # $/
const CTRL_BRACKET = '\x1d'
const MODULES = ['virtio_mmio', 'virtio_console', 'virtio-rng']

const LINUX: VmConfig = {
  name: 'linux',
  memory: '192M',
  kernel: debian.kernel(),
  initrd: debian.busyboxInitrd({ modules: MODULES }),
  bootargs: 'console=ttyAMA0 console=hvc0 quiet',
  devices: ['uart', 'rtc', virtio.console(), virtio.entropy()],
  restart: 'never',
}

async function shell(board: Board) {
  await board.line('linux', PROMPT)
  return async (command: string, answer: RegExp) => {
    board.type(`${command}\n`)
    return board.line('linux', answer)
  }
}

test.each([2, 3] as const)('console and entropy, GICv%d', async (gic) => {
  const system = await packed({ name: `virtio-${gic}`, vms: [NEIGHBOUR, LINUX] })
  await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
    const ask = await shell(board)
    board.type(`${CTRL_BRACKET}2`)
    await board.report(/^screen and keyboard: linux/)
    await ask('cat /sys/class/tty/console/active', /^ttyAMA0 hvc0$/)
    await ask('tty', /^\/dev\/hvc0$/)
    await ask('cat /sys/class/misc/hw_random/rng_current', /^virtio_rng\.0$/)
    await ask('dd if=/dev/hwrng bs=4096 count=16 2>/dev/null | sha256sum | cut -c1-64', /^[0-9a-f]{64}$/)
    await ask('echo $(dd if=/dev/hwrng bs=4096 count=16 2>/dev/null | gzip | wc -c) bytes', /^6[5-9]\d\d\d bytes$/)
    await ask('grep virtio /proc/interrupts', /GIC\S+ +48 Edge +virtio0$/)
    await ask('for i in $(seq 300); do echo line $i of output; done', /^line 300 of output$/)
    await ask(`echo ${'x'.repeat(90)} | wc -c`, /^91$/)
    board.type('reboot\n')
    await board.report(/^VM 'linux' reset itself; it starts again$/)
    await board.line('linux', PROMPT)
    await ask('echo again: $((6 * 7))', /^again: 42$/)
    board.type('poweroff\n')
    await board.report(/^VM 'linux' powered itself off/)
    board.type(`${CTRL_BRACKET}0`)
    await board.report(/^screen: all/)
    await expectNothingMissed(board)
    expect(board.lines.filter(({ whole }) => /timing jitter/.test(whole))).toEqual([])
  })
})

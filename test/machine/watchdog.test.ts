/** VMs that hang: Debian's own driver for the SP805, and a heart-beat; and who waits until another is ready. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { VmConfig } from '../../tool/config/define.ts'
import { ROOT } from '../../tool/config/project.ts'
import { debian } from '../../tool/config/source.ts'
import { withBoard } from './harness/board.ts'
import { expectTicking, NEIGHBOUR } from './harness/neighbour.ts'
import { argumentsFor, packed } from './harness/system.ts'

const PROMPT = /^\/root # $/

/** Linux feeds its watchdog from user space, and so says that it is ready. */
const LINUX: VmConfig = {
  name: 'linux',
  memory: '192M',
  kernel: debian.kernel(),
  initrd: debian.busyboxInitrd({ modules: ['sp805_wdt'] }),
  bootargs: 'console=ttyAMA0 quiet',
  watchdog: true,
  heartbeat: { within: '30s', first: '60s' },
  onCrash: 'restart',
  restarts: { limit: 1 },
}

test.each([2, 3] as const)("Debian's watchdog driver, GICv%d", async (gic) => {
  const late: VmConfig = { ...NEIGHBOUR, name: 'late', after: [{ vm: 'linux', ready: true, within: '60s' }] }
  const system = await packed({ name: `watchdog-${gic}`, vms: [NEIGHBOUR, LINUX, late] })
  await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
    await board.line('linux', PROMPT)
    expect(board.linesOf('late')).toEqual([])
    board.type('\x1d2')
    await board.report(/^screen and keyboard: linux/)
    // Two seconds to the reset, as the driver tells the hardware: half of them to the interrupt.
    board.type('cat /sys/class/watchdog/watchdog0/identity; watchdog -T 2 -t 1 /dev/watchdog0 && echo fed\n')
    await board.line('linux', /^sp805-wdt$/)
    await board.line('linux', /^fed$/)
    await board.report(/^vm late: scrub /)
    board.type('for i in 1 2 3 4; do sleep 1; done; cat /sys/class/watchdog/watchdog0/state\n')
    await board.line('linux', /^active$/)
    board.type('killall -STOP watchdog\n')
    await board.report(/^VM 'linux' hangs: its watchdog got to zero twice, and nobody reloaded it$/)
    await board.report(/^ +vCPU 0: guest pc 0x[0-9a-f]+, lr /)
    await board.report(/^VM 'linux' crashed; it starts again$/)
    await board.line('linux', PROMPT)
    board.type('\x1d0')
    await expectTicking(board)
    expect(board.hypervisorLines.filter((line) => line.includes('although'))).toEqual([])
  })
})

test.each([2, 3] as const)('a heart-beat that stops, GICv%d', async (gic) => {
  const hang: VmConfig = {
    name: 'hang',
    memory: '1M',
    kernel: { source: 'assemblyscript', entry: join(ROOT, 'test/guest/device/hang.ts') },
    watchdog: true,
    heartbeat: { within: '40ms', first: '1s' },
    onCrash: 'restart',
    restarts: { limit: 1 },
  }
  const late: VmConfig = { ...NEIGHBOUR, name: 'late', after: [{ vm: 'hang', ready: true }] }
  const system = await packed({ name: `heartbeat-${gic}`, vms: [NEIGHBOUR, hang, late] })
  await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
    for (const next of ['it starts again', 'its restart limit is reached, it stays off']) {
      await board.line('hang', /^hang: hangs after \d+ ms$/)
      await board.report(/^VM 'hang' hangs: no sign of life in time, neither a reload of its watchdog nor a call$/)
      await board.report(new RegExp(`^VM 'hang' crashed; ${next}$`))
    }
    await board.line('late', /^pulse: 1000 periods, .*\(0 missed\)$/)
    await expectTicking(board)
    expect(board.linesOf('hang').filter((line) => line.includes('nobody'))).toEqual([])
  })
})

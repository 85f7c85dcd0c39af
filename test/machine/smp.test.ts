/** Several vCPUs in one VM: Debian's kernel brings them up, works on all of them, takes one off and puts it back. */
import { expect, test } from 'vitest'
import { debian } from '../../tool/config/source.ts'
import { withBoard } from './harness/board.ts'
import { argumentsFor, packed } from './harness/system.ts'

/** Every worker forks and waits in a loop: reschedules, function calls and TLB maintenance between all vCPUs. */
const SCRIPT = [
  'echo online: $(cat /sys/devices/system/cpu/online)',
  'for w in 1 2 3 4; do (i=0; while [ $i -lt 60 ]; do /bin/true; i=$((i+1)); done; echo worked $w) & done; wait',
  'echo 0 > /sys/devices/system/cpu/cpu1/online; echo without: $(cat /sys/devices/system/cpu/online)',
  'echo 1 > /sys/devices/system/cpu/cpu1/online; echo with: $(cat /sys/devices/system/cpu/online)',
  'grep -E "arch_timer|IPI[01]:" /proc/interrupts',
  'echo over; poweroff -f',
]

test.each([2, 3] as const)('four vCPUs on GICv%d', async (gic) => {
  const system = await packed({
    name: `smp-${gic}`,
    board: { cpus: 5 },
    vms: [
      {
        name: 'linux',
        cpus: 4,
        cores: [1, 2, 3, 4],
        memory: '256M',
        kernel: debian.kernel(),
        initrd: debian.busyboxInitrd({ lines: SCRIPT }),
        bootargs: 'console=ttyAMA0 quiet',
      },
    ],
  })
  await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
    await board.line('linux', /^online: 0-3$/)
    await board.line('linux', /^without: 0,2-3$/)
    await board.line('linux', /^with: 0-3$/)
    await board.line('linux', /^over$/)
    await board.report(/^VM 'linux' powered itself off; it stays off$/)
    expect(await board.off()).toBe(0)
    const counts = board.linesOf('linux').filter((line) => /arch_timer|IPI[01]:/.test(line))
    expect(counts.length).toBe(3)
    // Each vCPU had its timer, and each was called by others.
    for (const line of counts.slice(0, 2)) {
      const [, ...columns] = line.trim().split(/\s+/)
      for (const count of columns.slice(0, 4)) expect(Number(count), line).toBeGreaterThan(0)
    }
    expect(board.linesOf('linux').filter((line) => /^worked \d$/.test(line)).length).toBe(4)
  })
})

/** A stressed Linux comes to the end of its work with all CPUs in, and its kernel complained of nothing. */
import { expect } from 'vitest'
import type { GicVersion } from '../../../tool/config/board.ts'
import { debian } from '../../../tool/config/source.ts'
import { withBoard } from './board.ts'
import { hackbenchInitrd, type Stress } from './hackbench.ts'
import { argumentsFor, packed } from './system.ts'

export async function survives(gic: GicVersion, stress: Stress): Promise<void> {
  const { cpus, rounds } = stress
  const system = await packed({
    name: `stress-${gic}-${cpus}`,
    board: { cpus: cpus + 1 },
    vms: [
      {
        name: 'linux',
        cpus,
        cores: Array.from({ length: cpus }, (_, i) => i + 1),
        memory: '256M',
        kernel: debian.kernel(),
        initrd: await hackbenchInitrd(stress),
        bootargs: 'console=ttyAMA0 quiet',
      },
    ],
  })
  await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
    for (let round = 1; round <= rounds; round++) {
      await board.line('linux', new RegExp(`^round ${round}: 0-${cpus - 1}$`))
    }
    await board.line('linux', /^over, [1-9]\d* runs$/)
    await board.line('linux', /^done$/)
    await board.report(/^VM 'linux' powered itself off; it stays off$/)
    expect(await board.off()).toBe(0)
    expect(board.linesOf('linux').filter((line) => /^(stuck|lost|complaint)/.test(line))).toEqual([])
  })
}

/** Random numbers of the entropy device, as rngtest of Debian's rng-tools judges them: FIPS 140-2, "Statistical random number generator
 * tests". */
import { expect, test } from 'vitest'
import type { VmConfig } from '../../tool/config/define.ts'
import { virtio } from '../../tool/config/device.ts'
import { debian } from '../../tool/config/source.ts'
import { withBoard } from './harness/board.ts'
import { debianInitrd } from './harness/debian-initrd.ts'
import { argumentsFor, packed } from './harness/system.ts'

/** Of 20,000 bits each; a perfect source fails about 8 in 10,000. */
const BLOCKS = 200
const FAILURES_MOST = 5

test('rngtest finds hwrng random', async () => {
  const linux: VmConfig = {
    name: 'linux',
    memory: '192M',
    kernel: debian.kernel(),
    initrd: await debianInitrd({
      programs: { 'rng-tools-debian': 'usr/bin/rngtest' },
      modules: ['virtio_mmio', 'virtio_rng'],
      lines: [],
    }),
    bootargs: 'console=ttyAMA0 quiet',
    devices: ['uart', virtio.entropy()],
  }
  const system = await packed({ name: 'entropy', vms: [linux] })
  await withBoard({ args: argumentsFor(system, { icount: false }), vmNames: system.vmNames }, async (board) => {
    await board.line('linux', /^\/root # $/)
    board.type(`rngtest -c ${BLOCKS} < /dev/hwrng\n`)
    const [, good] = await board.line('linux', /^rngtest: FIPS 140-2 successes: (\d+)$/)
    const [, bad] = await board.line('linux', /^rngtest: FIPS 140-2 failures: (\d+)$/)
    expect(Number(good) + Number(bad)).toBe(BLOCKS)
    expect(Number(bad)).toBeLessThanOrEqual(FAILURES_MOST)
  })
})

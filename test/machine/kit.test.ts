/** Development kits as QEMU plays them, each with its public DTB, its own UART and interrupt controller. */
import { expect, test } from 'vitest'
import type { VmConfig } from '../../tool/config/define.ts'
import { debian } from '../../tool/config/source.ts'
import { buildIsolationGuest } from '../guest/build.ts'
import { GUESTS, MEMORY } from '../guest/catalogue.ts'
import { withBoard } from './harness/board.ts'
import { NEIGHBOUR } from './harness/neighbour.ts'
import { argumentsFor, packed } from './harness/system.ts'

const CTRL_BRACKET = '\x1d'

async function thin(name: string): Promise<VmConfig> {
  const { image } = await buildIsolationGuest(GUESTS.find((guest) => guest.name === name)!)
  return { name, memory: MEMORY, kernel: image, onCrash: 'stop' }
}

test('zcu102: Linux beside a control loop; Cadence UART, a GIC whose pages are repeated', async () => {
  const linux: VmConfig = {
    name: 'linux',
    cores: [2, 3],
    memory: '256M',
    kernel: debian.kernel(),
    initrd: debian.busyboxInitrd({}),
    bootargs: 'console=ttyAMA0 quiet',
    onCrash: 'stop',
  }
  const system = await packed({ name: 'zcu102', board: { name: 'zcu102' }, vms: [NEIGHBOUR, linux] })
  await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
    await board.line('linux', /^\/root # $/)
    board.type(`${CTRL_BRACKET}2`)
    await board.report(/^screen and keyboard: linux/)
    board.type('echo $(nproc) CPUs, $(uname -m)\n')
    await board.line('linux', /^2 CPUs, aarch64$/)
    board.type(`${CTRL_BRACKET}0`)
    await board.report(/^screen: all/)
    board.skip('pulse')
    await board.line('pulse', /^pulse: \d+ periods, .*\(0 missed\)/)
  })
})

/** QEMU before 10.0.3 does not connect this board's virtual interrupts: guests that need none have to do. */
test.each([
  ['zcu102', 2],
  ['imx8mp-evk', 3],
] as const)('%s: two guests put their devices to the proof; with the last the board is off', async (name, gic) => {
  const vms = await Promise.all(['device-width', 'psci-junk'].map(thin))
  const system = await packed({ name: `kit-${name}`, board: { name }, vms })
  await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
    await board.report(new RegExp(`^Bulkhead .*, GICv${gic},`))
    for (const vm of system.vmNames) await board.line(vm, new RegExp(`^PASS ${vm}$`))
    expect(await board.off()).toBe(0)
  })
})

test('imx8mp-evk: what is typed arrives by interrupt', async () => {
  const system = await packed({ name: 'imx8mp-typed', board: { name: 'imx8mp-evk' }, vms: [NEIGHBOUR] })
  // QEMU's time must not depend on a guest whose interrupt this QEMU never delivers: with icount it then goes in circles.
  await withBoard({ args: argumentsFor(system, { icount: false }), vmNames: system.vmNames }, async (board) => {
    await board.line('pulse', /^pulse: control loop at 1000 Hz$/)
    board.type(`${CTRL_BRACKET}?`)
    await board.report(/1 pulse/)
  })
})

/** Raspberry Pi 4 as QEMU plays it: the board's public DTB, spin-table CPUs, no PSCI, GIC-400, mini UART or PL011. */
import { expect, test } from 'vitest'
import type { VmConfig } from '../../tool/config/define.ts'
import { debian } from '../../tool/config/source.ts'
import { withBoard } from './harness/board.ts'
import { withTree } from './harness/board-tree.ts'
import { expectTicking, NEIGHBOUR } from './harness/neighbour.ts'
import { argumentsFor, packed } from './harness/system.ts'

const PROMPT = /^\/root # $/
const BOARD = { name: 'rpi4' }
const CTRL_BRACKET = '\x1d'

const LINUX: VmConfig = {
  name: 'linux',
  cores: [2, 3],
  memory: '256M',
  kernel: debian.kernel(),
  initrd: debian.busyboxInitrd({}),
  bootargs: 'console=ttyAMA0 quiet',
  onCrash: 'stop',
}

test('two guests: Linux on two CPUs, typed to, beside a control loop', async () => {
  const system = await packed({ name: 'raspi4b', board: BOARD, vms: [NEIGHBOUR, LINUX] })
  await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
    await board.report(/^Bulkhead .*, GICv2,/)
    await board.line('linux', PROMPT)
    board.type(`${CTRL_BRACKET}2`)
    await board.report(/^screen and keyboard: linux/)
    board.type('echo $(nproc) CPUs, $(uname -m)\n')
    await board.line('linux', /^2 CPUs, aarch64$/)
    board.type(`${CTRL_BRACKET}0`)
    await board.report(/^screen: all/)
    await expectTicking(board)
  })
})

test('with its last VM the board is off', async () => {
  const vms = [{ ...LINUX, cores: [1, 2, 3], initrd: debian.busyboxInitrd({ lines: ['poweroff -f'] }) }]
  const system = await packed({ name: 'raspi4b-off', board: BOARD, vms })
  await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
    await board.report(/^VM 'linux' powered itself off; it stays off$/)
    expect(await board.off()).toBe(0)
  })
})

test('a critical VM that has ended resets the board', async () => {
  const lines = ['echo c > /proc/sysrq-trigger']
  const critical: VmConfig = {
    ...LINUX,
    bootargs: 'console=ttyAMA0 quiet panic=-1',
    initrd: debian.busyboxInitrd({ lines }),
    critical: true,
    restarts: { limit: 1 },
  }
  const system = await packed({ name: 'raspi4b-critical', board: BOARD, vms: [NEIGHBOUR, critical] })
  await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
    await board.report(/^VM 'linux' reset itself; it starts again$/)
    await board.report(/^VM 'linux' reset itself; its restart limit is reached, it stays off$/)
    await board.report(/^VM 'linux' is critical: the board resets$/)
    // QEMU has been told to end where the board would start anew.
    expect(await board.off()).toBe(0)
  })
})

/** Without counted instructions: QEMU's CPUs in the spin table never rest, and would count too. Time is the machine's. */
const LOOSELY = { icount: false }
const REPORT = /^pulse: \d+ periods, /

test('the console on the PL011, where the tree names that', async () => {
  const system = await packed({ name: 'raspi4b-pl011', board: BOARD, vms: [NEIGHBOUR] })
  const other = await withTree(system, 'raspi4b-pl011', [['/chosen', 'stdout-path', 's', 'serial0:115200n8']])
  const qemu = { ...system.machine.board.qemu!, serial: 0 }
  const machine = { ...system.machine, board: { ...system.machine.board, qemu } }
  const args = argumentsFor({ ...other, machine }, LOOSELY)
  await withBoard({ args, vmNames: system.vmNames }, async (board) => {
    await board.line('pulse', REPORT)
    board.type(`${CTRL_BRACKET}?`)
    await board.report(/pulse/)
  })
})

test('a CPU that never comes out of the spin table is named, and the others go on', async () => {
  const system = await packed({ name: 'raspi4b-cpu', board: BOARD, vms: [NEIGHBOUR, LINUX] })
  const lost = await withTree(system, 'raspi4b-cpu', [['/cpus/cpu@2', 'cpu-release-addr', 'x', '0', '180']])
  await withBoard({ args: argumentsFor(lost, LOOSELY), vmNames: system.vmNames }, async (board) => {
    await board.report(/^CPU 2 did not start within a second; its VMs do not run$/)
    await board.line('pulse', REPORT)
    await board.line('pulse', REPORT)
    expect(board.linesOf('linux')).toEqual([])
  })
})

/** Memory that VMs share, with its doorbells: two thin guests put it to the proof; Linux and a thin guest find each other there. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { VmConfig } from '../../tool/config/define.ts'
import { ROOT } from '../../tool/config/project.ts'
import { assemblyscript, debian } from '../../tool/config/source.ts'
import { withBoard } from './harness/board.ts'
import { argumentsFor, packed } from './harness/system.ts'

const CTRL_BRACKET = '\x1d'
const REGISTERS = 0x0c00_0000
const TABLE = 0x1000_0000
const WRITABLE = TABLE + 0x1000
const hex = (value: number) => `0x${value.toString(16)}`

function thin(name: string, program: string): VmConfig {
  return { name, memory: '1M', kernel: assemblyscript(join(ROOT, `test/guest/pair/${program}.ts`)) }
}

test.each([2, 3] as const)('two guests share a memory, GICv%d', async (gic) => {
  const vms = ['left', 'right'].map((name): VmConfig => ({ ...thin(name, 'shared-memory'), interrupts: 100_000 }))
  const sharedMemory = { ring: { vms: ['left', 'right'], size: '64K', output: '16K' } }
  const system = await packed({ name: `shared-memory-${gic}`, vms, sharedMemory })
  await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
    await Promise.all(system.vmNames.map((name) => board.line(name, /^PASS shared-memory$/)))
    expect(await board.off()).toBe(0)
    expect(board.lines.filter(({ text }) => /FAIL|exception/.test(text))).toEqual([])
  })
})

test('Linux reaches it by its registers, and hears of its neighbour’s end', async () => {
  const linux: VmConfig = {
    name: 'linux',
    memory: '160M',
    kernel: debian.kernel(),
    initrd: debian.busyboxInitrd({}),
    // Debian's kernel lacks uio_pdrv_genirq: what it would get is looked at where it is latched.
    bootargs: 'console=ttyAMA0 quiet iomem=relaxed',
    devices: ['uart'],
  }
  const system = await packed({
    name: 'shared-memory-linux',
    vms: [linux, thin('echo', 'shared-echo')],
    sharedMemory: { ring: { vms: ['echo', 'linux'], size: '4K', output: '4K' } },
  })
  await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
    await board.line('linux', /^\/root # $/)
    board.type(`${CTRL_BRACKET}1`)
    await board.report(/^screen and keyboard: linux/)
    const shell = async (command: string, answer: RegExp) => {
      board.type(`${command}\n`)
      return board.line('linux', answer)
    }
    const read = (at: number) => `$(devmem ${hex(at)})`
    const node = `/proc/device-tree/shared-memory@${REGISTERS.toString(16)}`
    await shell(`cat ${node}/label; echo`, /^ring/)
    await shell(`echo id ${read(REGISTERS)} of ${read(REGISTERS + 4)}`, /^id 0x00000001 of 0x00000002$/)
    // Its interrupt is latched at the distributor, enabled or not: ICFGR says edge, ISPENDR what waits.
    await shell(`devmem 0x08000c44 32 0x00020000; devmem ${hex(REGISTERS + 8)} 32 1; echo edge`, /^edge$/)
    await shell(
      `devmem ${hex(REGISTERS + 16)} 32 5; echo states ${read(TABLE)} ${read(TABLE + 4)}`,
      /^states 0x00000001 0x00000005$/,
    )
    await shell(`devmem ${hex(WRITABLE)} 32 41; devmem ${hex(REGISTERS + 12)} 32 0; echo rung`, /^rung$/)
    await shell(`until [ ${read(WRITABLE)} = 0x0000002A ]; do :; done; echo answered`, /^answered$/)
    await shell(`echo pending $(( ${read(0x0800_0220)} >> 24 & 1 ))`, /^pending 1$/)
    await shell(`devmem ${hex(TABLE)} 32 9; echo still ${read(TABLE)}`, /^still 0x00000001$/)
    await shell(`devmem ${hex(WRITABLE)} 32 0xff; devmem ${hex(REGISTERS + 12)} 32 0; echo bye`, /^bye$/)
    await board.report(/^VM 'echo' powered itself off/)
    await shell(`echo gone ${read(TABLE)}`, /^gone 0x00000000$/)
  })
})

/** Lines of the board's GPIO, one by one: outputs, events from outside, and neighbours who have other lines of the same registers. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buildGuest } from '../../tool/compile/guest.ts'
import type { GicVersion } from '../../tool/config/board.ts'
import type { VmConfig } from '../../tool/config/define.ts'
import { virtio } from '../../tool/config/device.ts'
import { ROOT } from '../../tool/config/project.ts'
import { withBoard } from './harness/board.ts'
import { Qmp } from './harness/qmp.ts'
import { argumentsFor, packed } from './harness/system.ts'

const FOLDER = join(ROOT, 'build/test/gpio')
mkdirSync(FOLDER, { recursive: true })
const PRESSES = 3

async function vm(name: string, lines: Record<string, number>): Promise<VmConfig> {
  const { image } = await buildGuest({ entry: `test/guest/device/${name}.ts`, out: join(FOLDER, `${name}.img`) })
  return { name, memory: '2M', kernel: image, devices: ['uart', virtio.gpio({ lines })], onCrash: 'stop' }
}

/** QEMU's power key is on pin 3 of its PL061, and is let go after a tenth of a second: without counted instructions, since a guest that
 * polls would make that long. */
test.each<GicVersion>([2, 3])(
  'GICv%i: a button is heard, an output follows; the neighbour has its own line',
  async (gic) => {
    const vms = [await vm('gpio-button', { led: 0, button: 3 }), await vm('gpio-alone', { led: 1 })]
    const system = await packed({ name: `gpio-lines-${gic}`, vms })
    const socket = join(FOLDER, `qmp-${gic}`)
    rmSync(socket, { force: true })
    const args = [...argumentsFor(system, { gic, icount: false }), '-qmp', `unix:${socket},server=on,wait=off`]
    await withBoard({ args, vmNames: system.vmNames }, async (board) => {
      await board.listening(socket)
      const qmp = await Qmp.open(socket)
      await board.report(/^VM 'gpio-button' has the board's gpio lines 0 3$/)
      await board.line('gpio-button', /follows$/)
      for (let i = 1; i <= PRESSES; i++) {
        await board.line('gpio-button', /^button: waits$/)
        await qmp.ask('system_powerdown')
        await board.line('gpio-button', new RegExp(`^button: pressed ${i}$`))
        await board.line('gpio-button', new RegExp(`^button: released ${i}$`))
      }
      await board.line('gpio-button', /^PASS gpio-button$/)
      await board.report(/^VM 'gpio-alone' powered itself off; it stays off$/)
      expect(board.linesOf('gpio-alone').join('')).toBe('PASS gpio-alone')
      qmp.close()
    })
  },
)

/** QEMU's model of it has no events. */
test("Raspberry Pi: an output follows, and is its own VM's", async () => {
  const [first, second] = [await vm('gpio-alone', { led: 17 }), await vm('gpio-alone', { relay: 18 })]
  const vms = [
    { ...first, name: 'first' },
    { ...second, name: 'second' },
  ]
  const system = await packed({ name: 'gpio-raspberry', board: { name: 'rpi4' }, vms })
  await withBoard({ args: argumentsFor(system, { icount: false }), vmNames: system.vmNames }, async (board) => {
    await board.report(/^VM 'second' has the board's gpio line 18$/)
    // Two that print at once may break each other's lines.
    await board.report(/^VM '(first|second)' powered itself off; it stays off$/)
    await board.report(/^VM '(first|second)' powered itself off; it stays off$/)
    expect(['first', 'second'].map((name) => board.linesOf(name).join(''))).toEqual([
      'PASS gpio-alone',
      'PASS gpio-alone',
    ])
  })
})

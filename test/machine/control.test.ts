/** The control protocol over other lines than the console: a VM that holds `control`, in the guest kit and in Debian's shell. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { VmConfig } from '../../tool/config/define.ts'
import { virtio } from '../../tool/config/device.ts'
import { ROOT } from '../../tool/config/project.ts'
import { assemblyscript, debian } from '../../tool/config/source.ts'
import { withBoard } from './harness/board.ts'
import { expectNothingMissed, NEIGHBOUR } from './harness/neighbour.ts'
import { argumentsFor, packed } from './harness/system.ts'

const steward = (fields: Partial<VmConfig>): VmConfig => ({
  name: 'steward',
  memory: '2M',
  kernel: assemblyscript(join(ROOT, 'test/guest/device/steward.ts')),
  onCrash: 'stop',
  ...fields,
})

describe('a VM with control', () => {
  test.each([2, 3] as const)(
    'lists VMs, restarts its neighbour, hears of it, and is held to its rate, GICv%d',
    async (gic) => {
      const target: VmConfig = { ...NEIGHBOUR, name: 'target' }
      const system = await packed({ name: `control-${gic}`, vms: [NEIGHBOUR, steward({ control: true }), target] })
      await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
        const answer = (pattern: RegExp) => board.line('steward', pattern)
        await answer(/^{"jsonrpc":"2.0","id":1,"result":{"protocol":1,.*"vms":\["pulse","steward","target"\],/)
        await answer(/"id":2,"result":{"vm":"target",/)
        await answer(/"method":"state","params":{"seq":1,.*"vm":"target","state":"starting","cause":"restart"}}$/)
        await answer(/"vm":"target","state":"running","cause":"ready"}}$/)
        await answer(/"id":3,"error":{"code":-32001,"message":"unknown-vm"}}$/)
        await answer(/"id":4,"error":{"code":-32013,"message":"too-fast"}}$/)
        await board.line('steward', /^steward: done$/)
        // The serial line has its own rate, and nobody asked there so far.
        expect(board.text).not.toContain('\x1e')
        board.type('\x1e{"jsonrpc":"2.0","id":9,"method":"pause","params":{"vm":"target"}}\n')
        await board.heard(/{"jsonrpc":"2.0","id":9,"result".*}/)
        await board.heard(/"vm":"target","state":"paused"/)
        await expectNothingMissed(board)
      })
    },
  )

  test('without it a VM finds no such device', async () => {
    const system = await packed({ name: 'control-none', vms: [steward({ devices: ['uart', virtio.console()] })] })
    await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
      await board.line('steward', /^no control line$/)
      expect(await board.off()).toBe(0)
    })
  })

  test("in Debian's shell is a file: requests are written, answers read", async () => {
    const linux: VmConfig = {
      name: 'linux',
      memory: '192M',
      kernel: debian.kernel(),
      initrd: debian.busyboxInitrd({ modules: ['virtio_mmio', 'virtio_console'] }),
      bootargs: 'console=ttyAMA0 quiet',
      onCrash: 'stop',
      control: true,
    }
    const system = await packed({ name: 'control-linux', vms: [NEIGHBOUR, linux] })
    await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
      await board.line('linux', /^\/root # $/)
      board.type('\x1d2')
      await board.report(/^screen and keyboard: linux/)
      board.type('exec 3<>/dev/hvc0; stty raw -echo <&3; cat <&3 >/tmp/said &\n')
      const request = '\\036{"jsonrpc":"2.0","id":1,"method":"pause","params":{"vm":"pulse"}}\\n'
      board.type(`printf '${request}' >&3\n`)
      await board.report(/^VM 'pulse' is paused/)
      board.type('until grep -q \'"paused","cause"\' /tmp/said; do sleep 0.1; done; grep -c pulse /tmp/said\n')
      await board.line('linux', /^2$/)
    })
  })
})

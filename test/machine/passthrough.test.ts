/** Devices of the board that one VM has to itself: registers, interrupts, DMA, and what Linux's own driver makes of the node. */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buildGuest } from '../../tool/compile/guest.ts'
import type { GicVersion } from '../../tool/config/board.ts'
import type { VmConfig } from '../../tool/config/define.ts'
import { ROOT } from '../../tool/config/project.ts'
import { debian } from '../../tool/config/source.ts'
import { withBoard } from './harness/board.ts'
import { expectUnharmed, NEIGHBOUR } from './harness/neighbour.ts'
import { argumentsFor, packed } from './harness/system.ts'

const FOLDER = join(ROOT, 'build/test/passthrough')
mkdirSync(FOLDER, { recursive: true })

async function guest(name: string, base?: number): Promise<string> {
  const entry = `test/guest/device/${name}.ts`
  const { image } = await buildGuest({ entry, out: join(FOLDER, `${name}.img`), ...(base && { base }) })
  return image
}

test('GPIO: a thousand interrupts; a life that ends with one active leaves nothing but the level', async () => {
  const vm: VmConfig = {
    name: 'gpio',
    memory: '2M',
    kernel: await guest('gpio'),
    passthrough: ['gpio'],
    onCrash: 'restart',
  }
  const system = await packed({ name: 'gpio', vms: [NEIGHBOUR, vm] })
  for (const gic of [2, 3] satisfies GicVersion[]) {
    await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
      await board.report(/^VM 'gpio' has the board's gpio at 0x9030000$/)
      await board.line('gpio', /^gpio: interrupts 1000$/)
      await board.line('gpio', /^gpio: leaves its interrupt active$/)
      await board.report(/^VM 'gpio' reset itself; it starts again$/)
      await board.line('gpio', /^gpio: interrupts 1000$/)
      await board.line('gpio', /^PASS gpio$/)
      await board.report(/^VM 'gpio' powered itself off; it stays off$/)
      await expectUnharmed(board)
    })
  }
})

test('DMA: a device that takes physical addresses reaches the RAM that its guest means', async () => {
  // The last 4 MiB of 512, where the tool puts it, and the second 2 MiB of that.
  const kernel = await guest('fw-cfg', 0x5fe8_0000)
  const vm: VmConfig = {
    name: 'dma',
    memory: '4M',
    kernel,
    passthrough: ['fw-cfg'],
    trustedDma: true,
    onCrash: 'stop',
  }
  const system = await packed({ name: 'dma', vms: [NEIGHBOUR, vm] })
  await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
    await board.report(/^VM 'dma' has the board's fw-cfg at 0x9020000, trusted with all memory/)
    await board.report(/^VM 'dma': 4 MiB at 0x5fc00000/)
    await board.line('dma', /^PASS fw-cfg$/)
    await expectUnharmed(board)
  })
})

/** QEMU's options, with a file behind the first UART of a board whose console is another one. */
function intoFirst(args: string[], file: string): string[] {
  const at = args.indexOf('null')
  return [...args.slice(0, at), file, ...args.slice(at + 1)]
}

const uarts = [
  {
    board: 'rpi4',
    name: 'uart0',
    base: 'fe201000',
    tty: 'ttyAMA1',
    intid: 153,
    into: intoFirst,
  },
  {
    board: 'zcu102',
    name: 'uart1',
    base: 'ff010000',
    tty: 'ttyPS0',
    intid: 54,
    into: (args: string[], file: string) => [...args, '-serial', 'mon:stdio', '-serial', file],
  },
]

test.each(uarts)("$board's $name in Linux, by the node that the guest's tree has for it", async (uart) => {
  const { board: name, tty, base } = uart
  const file = join(FOLDER, `${name}-uart.txt`)
  const lines = [
    `dmesg | grep -c "${base}.serial: ${tty}"`,
    `exec 3> /dev/${tty}`,
    'for i in $(seq 100); do echo "line $i of the guest" >&3; done',
    // QEMU's UARTs have sent a byte before anybody waits for that: none has come. Listed as long as somebody has it open.
    'grep -E "pl011|xuartps|Level" /proc/interrupts | sed "s/^/row /"',
    'exec 3>&-; echo written',
  ]
  const linux: VmConfig = {
    name: 'linux',
    cores: [2, 3],
    memory: '256M',
    kernel: debian.kernel(),
    initrd: debian.busyboxInitrd({ lines }),
    bootargs: 'console=ttyAMA0 quiet',
    passthrough: [uart.name],
    onCrash: 'stop',
  }
  const system = await packed({ name: `uart-${name}`, board: { name }, vms: [NEIGHBOUR, linux] })
  const args = uart.into(argumentsFor(system), `file:${file}`)
  await withBoard({ args, vmNames: system.vmNames }, async (board) => {
    await board.report(new RegExp(`^VM 'linux' has the board's ${uart.name} at 0x${base}$`))
    await board.line('linux', /^1$/)
    await board.line('linux', new RegExp(`^row .* ${uart.intid} Level `))
    await board.line('linux', /^written$/)
  })
  const wanted = Array.from({ length: 100 }, (_, i) => `line ${i + 1} of the guest`)
  expect(readFileSync(file, 'utf8').split(/\r?\n/).filter(Boolean)).toEqual(wanted)
})

test("an i.MX 8M Plus' UART, whose clock the hypervisor turns on", async () => {
  const file = join(FOLDER, 'imx-uart.txt')
  const vm: VmConfig = {
    name: 'imx-uart',
    memory: '2M',
    kernel: await guest('imx-uart'),
    passthrough: ['uart1'],
    onCrash: 'stop',
  }
  const system = await packed({ name: 'imx-uart', board: { name: 'imx8mp-evk' }, vms: [vm] })
  const args = argumentsFor(system, { icount: false })
  await withBoard({ args: intoFirst(args, `file:${file}`), vmNames: system.vmNames }, async (board) => {
    await board.report(/^VM 'imx-uart' has the board's uart1 at 0x30860000$/)
    await board.line('imx-uart', /^PASS imx-uart$/)
  })
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(100)
})

/** Which of a console's ports has the keyboard, and what becomes of what the last one had begun. Virtio 1.2, "Console Device". */
import { beforeEach, expect, test } from 'vitest'
import { settingsOf } from '../../tool/image/setting.ts'
import { FEATURE, VirtioDriver } from '../fake/virtio-driver.ts'
import { FakeVmm } from '../fake/vmm.ts'

const CONSOLE = 3
const MULTIPORT = 1n << 1n
/** Queues, two of which carry the control messages. */
const [RECEIVE, TRANSMIT, LOG_IN, SHELL_IN, SHELL] = [0, 1, 4, 6, 7]
const QUEUES = 8

const settings = settingsOf({
  virtio: [{ virtio: 'console', ports: ['log', { name: 'shell', console: true }] }],
  memory: 0x10_0000,
  interrupts: undefined,
  life: { heartbeat: undefined },
})

let vmm: FakeVmm
let device: VirtioDriver
beforeEach(() => {
  vmm = new FakeVmm({ slots: [CONSOLE], ram: 0x8_0000, settings })
  device = new VirtioDriver(vmm).start(QUEUES, { features: FEATURE.version1 | MULTIPORT })
})

function print(queue: number, text: string): void {
  device.queues[queue]!.add({ read: [Buffer.from(text)] })
  device.queues[queue]!.notify()
}

const typedInto = (queue: number) =>
  device.queues[queue]!.collect().map(({ written, buffers }) => buffers[0]!.toString('latin1', 0, written))

test('goes to the port that an operator says, whose bytes then stand as they are', () => {
  for (const queue of [RECEIVE, SHELL_IN]) device.queues[queue]!.add({ write: [64] })
  vmm.type('a')
  expect([typedInto(RECEIVE), typedInto(SHELL_IN)]).toEqual([['a'], []])
  vmm.terminalPort = 2
  vmm.frames()
  vmm.type('b')
  expect(typedInto(SHELL_IN)).toEqual(['b'])
  print(SHELL, '$ ')
  print(TRANSMIT, 'kernel\n')
  expect(vmm.output).toBe('$ \nconsole: kernel\n')
})

test('is the next port’s with the first byte that is typed after the operator said so', () => {
  device.queues[SHELL_IN]!.add({ write: [64] })
  vmm.terminalPort = 2
  vmm.type('at once')
  expect(typedInto(SHELL_IN)).toEqual(['at once'])
})

test('takes with it what its new port had begun, and ends the line of the last', () => {
  print(SHELL, '$ ')
  print(TRANSMIT, 'login: ')
  vmm.terminalPort = 2
  vmm.frames()
  print(SHELL, 'ls\n')
  expect(vmm.output).toBe('login: \nshell: $ \nls\n')
  print(TRANSMIT, 'never lost\n')
  vmm.terminalPort = 0
  vmm.frames()
  print(SHELL, 'whole\n')
  expect(vmm.output).toBe('login: \nshell: $ \nls\nconsole: never lost\nshell: whole\n')
})

test('leaves behind what was typed for the port that had it', () => {
  vmm.type('secret')
  vmm.terminalPort = 1
  vmm.frames()
  device.queues[LOG_IN]!.add({ write: [64] })
  device.queues[LOG_IN]!.notify()
  expect(typedInto(LOG_IN)).toEqual([])
  vmm.type('x')
  expect(typedInto(LOG_IN)).toEqual(['x'])
})

test('stays with the console’s own port where an operator says one that is none', () => {
  vmm.terminalPort = 3
  vmm.frames()
  device.queues[RECEIVE]!.add({ write: [64] })
  vmm.type('a')
  expect(typedInto(RECEIVE)).toEqual(['a'])
})

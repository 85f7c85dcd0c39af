/** A console's further ports: how a driver hears of them, and lines that stay apart. Virtio 1.2, "Console Device". */
import { beforeEach, describe, expect, test } from 'vitest'
import { settingsOf } from '../../tool/image/setting.ts'
import { heard, message } from '../fake/console-message.ts'
import { FEATURE, REGISTER, VirtioDriver } from '../fake/virtio-driver.ts'
import { FakeVmm } from '../fake/vmm.ts'

const CONSOLE = 3
const ENTROPY = 4
const MULTIPORT = 1n << 1n
/** Queues: of port 0, of the control messages, of ports 1 and 2. */
const [TRANSMIT, TOLD, SAYS, LOG, SHELL] = [1, 2, 3, 5, 7]
const QUEUES = 8
const [READY, ADD, PORT_READY, IS_CONSOLE, RESIZE, OPEN, NAME] = [0, 1, 3, 4, 5, 6, 7]

const settings = settingsOf({
  virtio: [{ virtio: 'console', ports: ['log', { name: 'shell', console: true }] }, { virtio: 'entropy' }],
  memory: 0x10_0000,
  interrupts: undefined,
  life: { heartbeat: undefined },
})

let vmm: FakeVmm
let device: VirtioDriver
beforeEach(() => {
  vmm = new FakeVmm({ slots: [CONSOLE, ENTROPY], ram: 0x8_0000, settings })
  device = new VirtioDriver(vmm).start(QUEUES, { features: FEATURE.version1 | MULTIPORT })
})

function say(...messages: Buffer[]): void {
  for (const bytes of messages) device.queues[SAYS]!.add({ read: [bytes] })
  device.queues[SAYS]!.notify()
}

/** What the device told, into as many buffers. */
function told(): [id: number, event: number, rest: string][] {
  return device.queues[TOLD]!.collect().map(({ written, buffers: [bytes] }) => heard(bytes!.subarray(0, written)))
}

function offer(count: number, size = 32): void {
  for (let i = 0; i < count; i++) device.queues[TOLD]!.add({ write: [size] })
  device.queues[TOLD]!.notify()
}

function print(queue: number, text: string): void {
  device.queues[queue]!.add({ read: [Buffer.from(text)] })
  device.queues[queue]!.notify()
}

describe('the driver', () => {
  test('finds as many ports as there are, and their queues', () => {
    expect(device.offered & MULTIPORT).toBe(MULTIPORT)
    expect(device.read(REGISTER.config + 4)).toBe(3)
    const sizes = Array.from({ length: QUEUES + 1 }, (_, i) => {
      device.write(REGISTER.queueSel, i)
      return device.read(REGISTER.queueNumMax)
    })
    expect(sizes).toEqual([...Array<number>(QUEUES).fill(256), 0])
  })

  test('of a console without further ports is offered none', () => {
    const plain = new VirtioDriver(new FakeVmm({ slots: [CONSOLE] }))
    expect(plain.offered & MULTIPORT).toBe(0n)
    expect(plain.read(REGISTER.config + 4)).toBe(1)
  })

  test('hears of each port, then of those that it is ready for: a console, open, by its name', () => {
    offer(16)
    expect(told()).toEqual([])
    say(message(0, READY))
    expect(told()).toEqual([
      [0, ADD, ''],
      [1, ADD, ''],
      [2, ADD, ''],
    ])
    say(message(2, PORT_READY), message(0, PORT_READY), message(1, PORT_READY))
    expect(told()).toEqual([
      [0, IS_CONSOLE, ''],
      [0, OPEN, ''],
      [1, OPEN, ''],
      [1, NAME, 'log'],
      [2, IS_CONSOLE, ''],
      [2, OPEN, ''],
      [2, NAME, 'shell'],
    ])
  })

  test('hears all of it, however slowly it offers buffers', () => {
    say(message(0, READY), message(1, PORT_READY))
    const all: [number, number, string][] = []
    for (let i = 0; i < 8; i++) {
      offer(1)
      all.push(...told())
    }
    expect(all).toEqual([
      [0, ADD, ''],
      [1, ADD, ''],
      [1, OPEN, ''],
      [1, NAME, 'log'],
      [2, ADD, ''],
    ])
  })

  test('hears how large the terminal is: columns, then rows', () => {
    vmm.terminalSize = 120 | (40 << 16)
    offer(16)
    say(message(2, PORT_READY))
    expect(told()).toContainEqual([2, RESIZE, '\x78\0\x28\0'])
    vmm.terminalSize = 80 | (25 << 16)
    vmm.frames()
    expect(told()).toEqual([
      [0, RESIZE, '\x50\0\x19\0'],
      [2, RESIZE, '\x50\0\x19\0'],
    ])
  })

  test.each([
    ['of a port that there is not', message(3, PORT_READY)],
    ['of a port beyond all', message(0xffff_ffff, PORT_READY)],
    ['that it failed', message(0, READY, 0)],
    ['that it has no use for a port', message(1, PORT_READY, 0)],
    ['that only a device says', message(1, ADD)],
    ['of no event that there is', message(1, 99)],
    ['cut short', message(0, READY).subarray(0, 7)],
    ['without a byte', Buffer.alloc(0)],
  ])('who says something %s is answered, and hears nothing', (_, bytes) => {
    offer(4)
    say(bytes)
    expect(device.queues[SAYS]!.collect()).toHaveLength(1)
    expect(told()).toEqual([])
    say(message(0, READY))
    expect(told()).toHaveLength(3)
  })

  test('without the feature has one port, whose lines stand as they are', () => {
    device.start(QUEUES)
    vmm.terminalPort = 2
    print(TRANSMIT, 'one\n')
    print(LOG, 'never\n')
    expect(vmm.output).toBe('one\n')
  })
})

describe('lines', () => {
  test('of other ports stand behind their names, whole', () => {
    print(LOG, 'half a li')
    print(SHELL, '$ ls\r\na\n')
    print(LOG, 'ne\nand more\n')
    expect(vmm.output).toBe('shell: $ ls\nshell: a\nlog: half a line\nlog: and more\n')
    for (const queue of [LOG, SHELL]) expect(device.queues[queue]!.collect().length).toBeGreaterThan(0)
  })

  test('never fall into one of the port with the keyboard', () => {
    print(TRANSMIT, 'login: ')
    print(LOG, 'something happened\n')
    print(TRANSMIT, 'root\n')
    expect(vmm.output).toBe('login: \nlog: something happened\nroot\n')
  })

  test('longer than there is room for go out in several', () => {
    print(LOG, `${'a'.repeat(200)}\n`)
    expect(vmm.output).toBe(`log: ${'a'.repeat(96)}\nlog: ${'a'.repeat(96)}\nlog: aaaaaaaa\n`)
  })

  test.each([1, 3, 7, 50])('are whole and in order where host takes %i bytes at a time', (room) => {
    vmm.room = 0
    const lines = Array.from({ length: 20 }, (_, i) => `line ${i}`)
    print(LOG, lines.map((line) => `${line}\n`).join(''))
    print(TRANSMIT, 'between\n')
    for (let i = 0; i < 400 && vmm.output.length < 300; i++) vmm.makeRoom(room)
    vmm.makeRoom(1e6)
    expect(vmm.output.split('\n').filter((line) => line !== 'between')).toEqual([
      ...lines.map((line) => `log: ${line}`),
      '',
    ])
    expect(vmm.output).toContain('between\n')
    expect(device.queues[LOG]!.collect()).toHaveLength(1)
  })

  test('more than a turn takes come from all ports in turn', () => {
    const flood = `${'x'.repeat(63)}\n`.repeat(200)
    device.queues[TRANSMIT]!.add({ read: [Buffer.from(flood)] })
    device.queues[LOG]!.add({ read: [Buffer.from('heard\n')] })
    device.queues[TRANSMIT]!.notify()
    expect(vmm.output.indexOf('log: heard')).toBeLessThan(9000)
    expect(vmm.output).toContain('log: heard')
    expect(vmm.output.replace('log: heard\n', '')).toBe(flood)
  })

  test('that were not whole are forgotten with the driver', () => {
    print(LOG, 'never')
    device.start(QUEUES, { features: FEATURE.version1 | MULTIPORT })
    print(LOG, 'new\n')
    expect(vmm.output).toBe('log: new\n')
  })
})

test('the device behind a console with ports has its queues', () => {
  const random = new VirtioDriver(vmm, 1)
  random.negotiate(FEATURE.version1)
  random.write(REGISTER.queueSel, 0)
  expect(random.read(REGISTER.queueNumMax)).toBe(256)
  expect(random.read(REGISTER.queueReady)).toBe(0)
})

/**
 * Drivers that mean harm, and drivers that do everything right: whatever the first do, no call traps or takes more loop turns
 * than the board allows, nothing but RAM is written, and after a reset the device serves the second. `npm run fuzz` goes on for
 * ten million operations.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OP, packetBytes } from '../fake/packet.ts'
import { type DriverQueue, FEATURE, REGISTER, STATUS, VirtioDriver } from '../fake/virtio-driver.ts'
import { FakeVmm } from '../fake/vmm.ts'

const OPERATIONS = Number(process.env.OPERATIONS ?? 200_000)
const CONSOLE = 3
const ENTROPY = 4
const BLOCK = 2
const NETWORK = 1
const BALLOON = 5
const SOCKET = 19
/** Type, queues, and of a disk whether it is on the board's storage, of a console whether it has a further port. */
const DEVICES = [
  [ENTROPY, 1, ''],
  [CONSOLE, 2, ''],
  [CONSOLE, 6, 'ports'],
  [BLOCK, 1, ''],
  [BLOCK, 1, 'stored'],
  [NETWORK, 2, ''],
  [BALLOON, 5, ''],
  [SOCKET, 2, ''],
] as const
const CID = 3
/** Of its port: a network's or a socket's. */
const portOf = (type: number) => (type === SOCKET ? { cid: CID } : {})
const disk = (stored: boolean) => ({ bytes: Buffer.alloc(0x1_0000), broken: new Set([64]), stored })
/** A request that this type of device takes: a block device's reads sector 0. */
const REQUEST = {
  [ENTROPY]: (sizes: number[]) => ({ write: sizes }),
  [CONSOLE]: (sizes: number[]) => ({ read: sizes.map((size) => Buffer.alloc(size, 0x61)) }),
  [BLOCK]: (sizes: number[]) => ({ read: [Buffer.alloc(16)], write: [...sizes, 1] }),
  /** Its last queue sends. */
  [NETWORK]: (sizes: number[]) => ({ read: [Buffer.alloc(26), ...sizes.map((size) => Buffer.alloc(size))] }),
  [BALLOON]: (sizes: number[]) => ({ write: sizes }),
  [SOCKET]: (sizes: number[]) => ({
    read: [
      packetBytes({
        from: CID,
        to: 4,
        fromPort: 1,
        toPort: 2,
        op: OP.rw,
        length: sizes.reduce((sum, size) => sum + size, 0),
      }),
      ...sizes.map((size) => Buffer.alloc(size)),
    ],
  }),
}
const RAM = 0x4000_0000
const RAM_SIZE = 0x6_0000
const ALL = FEATURE.version1 | FEATURE.indirect | FEATURE.eventIdx
const MULTIPORT = 1n << 1n
/** SETTING_PORT, twice: a port by the name of `a`, no console. */
const PORT = [0x000a_0000_0000_0061n, 0x000a_0000_0000_0000n]
const settingsOf = (kind: string) => (kind === 'ports' ? PORT : [])
const featuresOf = (kind: string) => (kind === 'ports' ? ALL | MULTIPORT : ALL)
const RUN = 500

/** Each number is one operation. */
const numbers = fc.uint32Array({ minLength: RUN, maxLength: RUN })
const runs = Math.ceil(OPERATIONS / RUN / DEVICES.length)

/** Registers that do something, and noise. */
const REGISTERS = [...Object.values(REGISTER), 0x84, 0x94, 0xa4, 0xac, 0x108, 0x1f8]

/** Somewhere in the queue's rings, its buffers, or where it hurts. */
function address(n: number): number {
  const near = RAM + (n % 0x6000)
  const special = [0, 0x3fff_fff8, RAM, RAM + RAM_SIZE - 8, RAM + RAM_SIZE, 0x0800_0000, 0xffff_fff8, 0x7fff_fff0]
  return n & 0x1000_0000 ? special[n % special.length]! : near
}

function attack(driver: VirtioDriver, n: number, queues: number, features: bigint): void {
  const { vmm } = driver
  const low = n >>> 8
  const { bytes } = vmm.ram
  const queue = driver.queues[low % driver.queues.length]!
  const actions: (() => void)[] = [
    () => driver.write(REGISTERS[low % REGISTERS.length]!, low & 0x80_0000 ? address(low) : low % 300),
    () => driver.read(low % 0x200, [1, 2, 4, 8][low >>> 22]!),
    () => driver.write(low % 0x200, low, [1, 2, 4, 8][low >>> 22]!),
    () => driver.start(queues, { features: low & 1 ? features : FEATURE.version1, size: [1, 2, 16, 256][low >>> 22]! }),
    () => vmm.type('typed'.repeat(low % 50)),
    () => {
      vmm.terminalPort = low % 3
      vmm.makeRoom(low % 64)
    },
    () => driver.acknowledge(),
    // A byte anywhere in what the rings are made of.
    () => bytes.writeUInt8((low >>> 16) & 0xff, low % 0x4000),
    () => queue.describe(queue.table, low % queue.size, address(low), low % 5000, (low >>> 20) & 7, (low >>> 4) % 20),
    // Addresses of 64 bits, and sizes that make them wrap.
    () => queue.describe(queue.table, low % queue.size, BigInt(low) << BigInt(n % 41), low << 8, (low >>> 20) & 7),
    () => queue.offer(low % (queue.size + (low & 0x80_0000 ? 2 : 0))),
    () => queue.notify(),
    () => queue.add(blockRequest(low)),
    () => queue.add({ read: [Buffer.alloc(low % 40, 0x61)], write: [low % 300, low % 7] }, (low & 0x10_0000) !== 0),
    () => {
      vmm.ports[0]?.receive(vmm.ram, Buffer.alloc(12 + (low % 3000)))
      if (vmm.ports[0]) vmm.ports[0].packetFate = (size) => [size >> (low & 3), low & 3]
      vmm.frames()
      vmm.deliver(0)
    },
    () => {
      queue.notify()
      if (low & 1) answerSome(vmm)
    },
  ]
  actions[n & 15]!()
}

/** The board's storage does what waits there; or only what it was asked first. */
function settle(vmm: FakeVmm): void {
  while (vmm.volumes[0]?.work()) vmm.frames()
}
function answerSome(vmm: FakeVmm): void {
  const [first] = vmm.volumes[0]?.waiting ?? []
  if (first) vmm.volumes[0]!.finish(first)
  vmm.frames()
}

/** Types, sectors and sizes about the edges of what a disk has. */
function blockRequest(n: number): { read: Uint8Array[]; write: number[] } {
  const header = Buffer.alloc(16)
  header.writeUInt32LE([0, 1, 4, 8, 11, 13, 2, n][n & 7]!)
  header.writeUInt32LE((n >>> 3) % 140, 8)
  const range = Buffer.alloc(16)
  range.writeUInt32LE((n >>> 3) % 140)
  range.writeUInt32LE((n >>> 7) % 300, 8)
  range.writeUInt32LE(n & 0x40_0000 ? 1 : 0, 12)
  const data = n & 4 ? range : Buffer.alloc(512 * (n % 5))
  return { read: [header, data], write: [512 * ((n >>> 5) % 5), n & 0x80_0000 ? 0 : 1] }
}

describe.each(DEVICES)('device type %i, %i queues %s', (type, queues, kind) => {
  const fresh = () => {
    const settings = settingsOf(kind)
    const disks = [disk(kind === 'stored')]
    return new FakeVmm({ slots: [type], ram: RAM_SIZE, fueled: true, disks, ports: [portOf(type)], settings })
  }
  const features = featuresOf(kind)
  test('survives a hostile driver, and serves an honest one after it', () => {
    const property = fc.property(numbers, (list) => {
      const vmm = fresh()
      vmm.room = 100
      const driver = new VirtioDriver(vmm).start(queues, { features })
      for (const n of list) attack(driver, n, queues, features)
      expect(vmm.ram.strays).toBe(0)
      vmm.room = Number.POSITIVE_INFINITY
      vmm.ports[0]!.packetFate = (size) => [size, 0]
      driver.start(queues, { features, size: 16 })
      expect(driver.status & STATUS.needsReset).toBe(0)
      const last = driver.queues[queues - 1]!
      for (let i = 0; i < 5; i++) last.add(REQUEST[type]([8]))
      last.notify()
      settle(vmm)
      expect(last.collect()).toHaveLength(5)
    })
    fc.assert(property, { numRuns: runs })
  })

  test('answers every chain of an honest driver once, notified no more than it asks for', () => {
    const property = fc.property(numbers, (list) => {
      const vmm = fresh()
      const driver = new VirtioDriver(vmm).start(queues, { features, size: 64 })
      const honest = new Honest(driver.queues[queues - 1]!, type)
      vmm.room = 1000
      for (const n of list) honest.act(n)
      vmm.room = Number.POSITIVE_INFINITY
      vmm.makeRoom(1e9)
      settle(vmm)
      honest.take()
      expect(honest.open).toBe(0)
    })
    fc.assert(property, { numRuns: Math.ceil(runs / 4) })
  })
})

/** Notifies only where avail_event asks for it, looks at the used ring only where it was interrupted. Virtio 1.2, "Used Buffer
 * Notification Suppression". */
class Honest {
  readonly #heads: number[] = []
  #offered = 0
  #notified = 0
  #taken = 0

  constructor(
    private readonly queue: DriverQueue,
    private readonly type: keyof typeof REQUEST,
  ) {}

  get open(): number {
    return this.#heads.length
  }

  act(n: number): void {
    const { driver } = this.queue
    const low = n >>> 4
    if (n & 1) this.offer(low)
    else if (n & 2) this.notifyIfWanted()
    else if (n & 4) {
      driver.vmm.makeRoom(low % 200)
      settle(driver.vmm)
    } else if (driver.interruptStatus & 1) this.take()
  }

  private offer(n: number): void {
    if (this.#heads.length >= 16) return
    const sizes = [n % 50, (n >>> 8) % 80]
    this.#heads.push(this.queue.add(REQUEST[this.type](sizes), (n & 0x10_0000) !== 0))
    this.#offered++
    if (n & 0x20_0000) this.notifyIfWanted()
  }

  private notifyIfWanted(): void {
    const event = this.queue.availEvent
    const wanted = ((this.#offered - event - 1) & 0xffff) < ((this.#offered - this.#notified) & 0xffff)
    this.#notified = this.#offered
    if (wanted) this.queue.notify()
  }

  take(): void {
    this.queue.driver.acknowledge()
    this.notifyIfWanted()
    for (;;) {
      const answers = this.queue.collect()
      for (const { id } of answers) if (id !== this.#heads.shift()) throw new Error(`chain ${id} out of turn`)
      this.#taken += answers.length
      this.queue.usedEvent = this.#taken
      if (answers.length === 0) return
    }
  }
}

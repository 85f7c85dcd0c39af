/** What gdb asks, and the answers. GDB manual, "Remote Protocol", "Packets". A thread is a vCPU; its number is the vCPU's plus 1. */
import * as abi from '../../src/abi/debug.ts'
import type { DebugHalt } from '../control/protocol.ts'
import { REGISTER_COUNT, sizeOf, TARGET_XML } from './description.ts'
import type { Guest } from './guest.ts'
import { remarks, stopReply } from './halt.ts'
import { PACKET_MOST } from './packet.ts'

const UNKNOWN = ''
const OK = 'OK'
/** Any number does; gdb only knows that it is an error. */
const [WRONG, NO_MEMORY, NO_POINT] = ['E16', 'E0e', 'E1c']

export class Stub {
  readonly #guest: Guest
  /** Of g, p, m and c, and of the vCPU that halted last. */
  #thread = 0
  #halt: DebugHalt | undefined
  /** Hardware points in use: `Z1,addr,kind` by their number. */
  readonly #breaks: (string | undefined)[] = []
  readonly #watches: (string | undefined)[] = []
  /** The VM runs, and gdb waits for it to halt. */
  isRunning = false
  acknowledges = true

  constructor(guest: Guest) {
    this.#guest = guest
  }

  /** The answer to a packet; undefined: none before the VM halts. */
  async answer(packet: string): Promise<string | undefined> {
    switch (packet[0]) {
      case '?':
        return this.#stopped()
      case 'g':
        return (await this.#guest.registers(this.#thread)).toString('hex')
      case 'G':
        return this.#setAll(Buffer.from(packet.slice(1), 'hex'))
      case 'p':
        return this.#register(Number.parseInt(packet.slice(1), 16))
      case 'P':
        return this.#setRegister(packet)
      case 'm':
        return this.#read(packet)
      case 'M':
        return this.#write(packet)
      case 'Z':
      case 'z':
        return this.#point(packet)
      case 'H':
        return this.#choose(packet)
      case 'T':
        return this.#isOn(Number.parseInt(packet.slice(1), 16) - 1) ? OK : WRONG
      case 'c':
        return this.#go()
      case 's':
        return this.#step(this.#thread)
      case 'v':
        return this.#verbose(packet)
      case 'q':
      case 'Q':
        return this.#query(packet)
      case 'D':
        await this.#guest.detach()
        return OK
    }
    return UNKNOWN
  }

  /** The VM halts: what gdb is told, packet by packet. */
  async stopped(): Promise<string[]> {
    this.isRunning = false
    this.#halt = undefined
    const { vcpus } = await this.#halts()
    const found = vcpus.findIndex(({ halt }) => halt !== abi.HALT_NONE)
    if (found >= 0) this.#thread = found
    else if (!this.#isOn(this.#thread))
      this.#thread = Math.max(
        vcpus.findIndex(({ on }) => on),
        0,
      )
    return [...remarks(vcpus[this.#thread]?.halt ?? abi.HALT_NONE), await this.#stopped()]
  }

  async #stopped(): Promise<string> {
    const { vcpus } = await this.#halts()
    const { halt = abi.HALT_NONE, at = '0x0' } = vcpus[this.#thread] ?? {}
    return stopReply(halt, this.#thread + 1, () => `${this.#watchKind(BigInt(at))}:${at.slice(2)};`)
  }

  async #halts(): Promise<DebugHalt> {
    this.#halt ??= await this.#guest.halt()
    return this.#halt
  }

  #isOn(vcpu: number): boolean {
    return Boolean(this.#halt?.vcpus[vcpu]?.on)
  }

  async #register(register: number): Promise<string> {
    if (!(register >= 0 && register < REGISTER_COUNT)) return WRONG
    const at = Array.from({ length: register }, (_, i) => sizeOf(i)).reduce((sum, size) => sum + size, 0)
    return (await this.#guest.registers(this.#thread)).subarray(at, at + sizeOf(register)).toString('hex')
  }

  async #setRegister(packet: string): Promise<string> {
    const [, number = '', value = ''] = /^P([0-9a-f]+)=([0-9a-f]*)$/i.exec(packet) ?? []
    const isDone = await this.#guest.setRegister(this.#thread, Number.parseInt(number, 16), Buffer.from(value, 'hex'))
    return isDone ? OK : WRONG
  }

  async #setAll(all: Buffer): Promise<string> {
    const before = await this.#guest.registers(this.#thread)
    if (all.length !== before.length) return WRONG
    for (let i = 0, at = 0; i < REGISTER_COUNT; at += sizeOf(i++)) {
      const value = all.subarray(at, at + sizeOf(i))
      if (!value.equals(before.subarray(at, at + sizeOf(i)))) await this.#guest.setRegister(this.#thread, i, value)
    }
    return OK
  }

  async #read(packet: string): Promise<string> {
    const [, at, size] = /^m([0-9a-f]{1,16}),([0-9a-f]{1,8})$/i.exec(packet) ?? []
    if (at === undefined) return WRONG
    const most = Math.min(Number.parseInt(size!, 16), PACKET_MOST / 2)
    return (await this.#guest.read(this.#thread, BigInt(`0x${at}`), most))?.toString('hex') ?? NO_MEMORY
  }

  async #write(packet: string): Promise<string> {
    const [, at, size, data] = /^M([0-9a-f]{1,16}),([0-9a-f]{1,8}):((?:[0-9a-f]{2})*)$/i.exec(packet) ?? []
    if (at === undefined || data!.length !== Number.parseInt(size!, 16) * 2) return WRONG
    return (await this.#guest.write(this.#thread, BigInt(`0x${at}`), Buffer.from(data!, 'hex'))) ? OK : NO_MEMORY
  }

  /** 0 software, 1 hardware breakpoints; 2 write, 3 read, 4 access watchpoints. */
  async #point(packet: string): Promise<string> {
    const [, verb, type, at, size] = /^([Zz])([0-4]),([0-9a-f]{1,16}),([0-9a-f]{1,8})(?:;|$)/i.exec(packet) ?? []
    if (at === undefined) return WRONG
    const isSet = verb === 'Z'
    const place = BigInt(`0x${at}`)
    if (type === '0') {
      if (isSet && !(await this.#guest.read(this.#thread, place, 4))) return NO_MEMORY
      this.#guest.setBreakpoint(place, isSet)
      return OK
    }
    const halt = await this.#halts()
    const isBreak = type === '1'
    const [slots, most, base] = isBreak
      ? [this.#breaks, halt.breakpoints, 0]
      : [this.#watches, halt.watchpoints, abi.POINTS]
    const name = `${type},${at},${size}`
    const had = slots.indexOf(name)
    if (!isSet) {
      if (had < 0) return OK
      slots[had] = undefined
      return (await this.#guest.setPoint(base + had, 0, 0n, 0)) ? OK : NO_POINT
    }
    if (had >= 0) return OK
    const free = Array.from({ length: most }, (_, i) => i).find((i) => slots[i] === undefined)
    if (free === undefined) return NO_POINT
    const kinds: Record<string, number> = {
      1: abi.POINT_EXECUTE,
      2: abi.POINT_STORE,
      3: abi.POINT_LOAD,
      4: abi.POINT_LOAD | abi.POINT_STORE,
    }
    if (!(await this.#guest.setPoint(free, kinds[type!]!, place, Number.parseInt(size!, 16)))) return NO_POINT
    slots[free] = name
    return OK
  }

  /** What gdb calls the watchpoint that covers an address. */
  #watchKind(at: bigint): string {
    const hit = this.#watches.find((name) => {
      const [, from = '0', size = '0'] = name?.split(',') ?? []
      const start = BigInt(`0x${from}`)
      // FAR may be anywhere in what one instruction accessed: DDI 0487, "Watchpoint exceptions".
      return name !== undefined && at + 64n > start && at < start + BigInt(`0x${size}`)
    })
    return { 2: 'watch', 3: 'rwatch', 4: 'awatch' }[hit?.[0] ?? '2']!
  }

  /** Hg: of which vCPU; 0 and -1: any. */
  #choose(packet: string): string {
    const vcpu = Number.parseInt(packet.slice(2), 16) - 1
    if (vcpu < 0) return OK
    if (!this.#isOn(vcpu)) return WRONG
    this.#thread = vcpu
    return OK
  }

  async #go(): Promise<undefined> {
    this.isRunning = true
    await this.#guest.go()
  }

  async #step(vcpu: number): Promise<undefined> {
    this.isRunning = true
    await this.#guest.step(vcpu)
  }

  async #verbose(packet: string): Promise<string | undefined> {
    if (packet === 'vCont?') return 'vCont;c;C;s;S'
    if (packet.startsWith('vKill')) {
      await this.#guest.detach()
      return OK
    }
    if (!packet.startsWith('vCont;')) return UNKNOWN
    const step = /;[sS](?:[0-9a-f]{2})?(?::(?:p[0-9a-f]+\.)?([0-9a-f]+))?(?=;|$)/i.exec(packet)
    return step ? this.#step(step[1] ? Number.parseInt(step[1], 16) - 1 : this.#thread) : this.#go()
  }

  async #query(packet: string): Promise<string> {
    if (packet.startsWith('qSupported')) {
      const most = PACKET_MOST.toString(16)
      return `PacketSize=${most};QStartNoAckMode+;qXfer:features:read+;vContSupported+;swbreak+;hwbreak+`
    }
    if (packet === 'QStartNoAckMode') {
      this.acknowledges = false
      return OK
    }
    const [, offset, length] = /^qXfer:features:read:target\.xml:([0-9a-f]{1,8}),([0-9a-f]{1,8})$/i.exec(packet) ?? []
    if (offset !== undefined) return pieceOf(TARGET_XML, Number.parseInt(offset, 16), Number.parseInt(length!, 16))
    if (packet === 'qAttached') return '1'
    if (packet === 'qC') return `QC${this.#thread + 1}`
    if (packet === 'qfThreadInfo') {
      const { vcpus } = await this.#halts()
      return `m${vcpus.flatMap(({ on }, i) => (on ? [i + 1] : [])).join(',')}`
    }
    return packet === 'qsThreadInfo' ? 'l' : UNKNOWN
  }
}

function pieceOf(text: string, offset: number, length: number): string {
  const piece = text.slice(offset, offset + Math.min(length, PACKET_MOST - 1))
  return `${offset + piece.length < text.length ? 'm' : 'l'}${piece}`
}

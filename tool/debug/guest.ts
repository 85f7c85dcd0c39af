/** A VM under a debugger, by way of the control protocol: its registers and memory while it halts, its points, its steps. */
import * as abi from '../../src/abi/debug.ts'
import type { Client } from '../control/client.ts'
import { type DebugHalt, type DebugOperation, type DebugParams, debugData, debugHalt } from '../control/protocol.ts'
import { CPSR, FPSR, REGISTER_COUNT, sizeOf, V0 } from './description.ts'

/** What is read at once, and kept until the VM goes on. */
const BLOCK = abi.READ_MOST
/** A64: BRK with the immediate that is a debugger's. */
const BRK = 0xd420_0000 | (abi.BREAK_IMMEDIATE << 5)
const INSTRUCTION = 4
/** MRS of ICC_IAR0_EL1 and ICC_IAR1_EL1, but for the register: they answer nothing while interrupts are held back. */
const ACKNOWLEDGE = new Set([0xd538_c800, 0xd538_cc00])

export class Guest {
  readonly vm: string
  readonly #client: Client
  readonly #blocks = new Map<string, Buffer>()
  readonly #registers = new Map<number, Buffer>()
  /** Software breakpoints: those wanted, and those written, with what was there. */
  readonly #wanted = new Set<bigint>()
  readonly #written = new Map<bigint, Buffer>()

  constructor(client: Client, vm: string) {
    this.#client = client
    this.vm = vm
  }

  async attach(): Promise<void> {
    await this.#ask('attach')
  }

  /** The VM goes on without us, as it would have. */
  async detach(): Promise<void> {
    this.#wanted.clear()
    await this.#settleBreakpoints()
    await this.#ask('detach')
  }

  async halt(): Promise<DebugHalt> {
    return debugHalt.parse(await this.#ask('halt'))
  }

  async go(): Promise<void> {
    await this.#leave()
    await this.#ask('go')
  }

  /** One vCPU by one instruction, without interrupts where that makes no difference to it. */
  async step(vcpu: number): Promise<void> {
    const pc = (await this.registers(vcpu)).readBigUInt64LE(abi.REGISTER_PC * 8)
    const word = (await this.read(vcpu, pc, INSTRUCTION)) ?? Buffer.alloc(INSTRUCTION)
    const acknowledges = ACKNOWLEDGE.has((word.readUInt32LE() & ~0x1f) >>> 0)
    await this.#leave()
    await this.#ask(acknowledges ? 'step' : 'step-quiet', { vcpu })
  }

  /** All of them as gdb has them, in the order of its numbers. */
  async registers(vcpu: number): Promise<Buffer> {
    const known = this.#registers.get(vcpu)
    if (known) return known
    const core = await this.#data('registers', { vcpu, count: 0 })
    const vectors = await this.#data('registers', { vcpu, count: abi.REGISTER_V })
    // PSTATE, FPSR and FPCR are words of 32 bits to gdb.
    const all = Buffer.concat([
      core.subarray(0, CPSR * 8 + 4),
      vectors.subarray(0, 32 * 16),
      vectors.subarray(32 * 16, 32 * 16 + 4),
      vectors.subarray(32 * 16 + 8, 32 * 16 + 12),
    ])
    this.#registers.set(vcpu, all)
    return all
  }

  async setRegister(vcpu: number, register: number, value: Buffer): Promise<boolean> {
    if (register >= REGISTER_COUNT || value.length !== sizeOf(register)) return false
    const first =
      register < V0
        ? register
        : register < FPSR
          ? abi.REGISTER_V + (register - V0) * 2
          : abi.REGISTER_FPSR + register - FPSR
    this.#registers.delete(vcpu)
    for (let i = 0; i * 8 < value.length; i++) {
      await this.#ask('set', { vcpu, count: first + i, data: value.subarray(i * 8, i * 8 + 8).toString('hex') })
    }
    return true
  }

  /** Undefined where the guest maps nothing; shorter where that begins later. What breakpoints replaced reads as it was. */
  async read(vcpu: number, at: bigint, size: number): Promise<Buffer | undefined> {
    const pieces: Buffer[] = []
    for (let from = at; from < at + BigInt(size); ) {
      const start = from - (from % BigInt(BLOCK))
      const block = await this.#block(vcpu, start)
      const skip = Number(from - start)
      const piece = block.subarray(skip, skip + Number(at + BigInt(size) - from))
      if (piece.length === 0) break
      pieces.push(piece)
      from += BigInt(piece.length)
      if (skip + piece.length < BLOCK) break
    }
    if (pieces.length === 0) return undefined
    const bytes = Buffer.concat(pieces)
    for (const [place, original] of this.#written) overlay(bytes, at, original, place)
    return bytes
  }

  async write(vcpu: number, at: bigint, bytes: Buffer): Promise<boolean> {
    for (const [place, original] of this.#written) overlay(original, place, bytes, at)
    const masked = Buffer.from(bytes)
    for (const place of this.#written.keys()) overlay(masked, at, brk(), place)
    return this.#put(vcpu, at, masked)
  }

  /** A software breakpoint, from the next time that the VM goes on. */
  setBreakpoint(at: bigint, isWanted: boolean): void {
    if (isWanted) this.#wanted.add(at)
    else this.#wanted.delete(at)
  }

  /** `kind`: POINT_*; 0 frees it. False: the board has no such point, or the place does not suit it. */
  async setPoint(i: number, kind: number, at: bigint, size: number): Promise<boolean> {
    const data = size.toString(16).padStart(2, '0')
    return this.#tries('point', { vcpu: i, count: kind, at: hex(at), data })
  }

  /** What was read is old once the VM runs. */
  async #leave(): Promise<void> {
    await this.#settleBreakpoints()
    this.#blocks.clear()
    this.#registers.clear()
  }

  /** Memory holds those that are wanted, and no others. */
  async #settleBreakpoints(): Promise<void> {
    for (const [at, original] of this.#written) {
      if (this.#wanted.has(at)) continue
      await this.#put(0, at, original)
      this.#written.delete(at)
    }
    for (const at of this.#wanted) {
      if (this.#written.has(at)) continue
      const original = await this.read(0, at, INSTRUCTION)
      if (original?.length === INSTRUCTION && (await this.#put(0, at, brk())))
        this.#written.set(at, Buffer.from(original))
    }
  }

  async #block(vcpu: number, start: bigint): Promise<Buffer> {
    const key = `${vcpu} ${start}`
    const known = this.#blocks.get(key)
    if (known) return known
    const block = await this.#data('read', { vcpu, at: hex(start), count: BLOCK })
    this.#blocks.set(key, block)
    return block
  }

  async #put(vcpu: number, at: bigint, bytes: Buffer): Promise<boolean> {
    this.#blocks.clear()
    for (let i = 0; i < bytes.length; i += abi.WRITE_MOST) {
      const data = bytes.subarray(i, i + abi.WRITE_MOST).toString('hex')
      if (!(await this.#tries('write', { vcpu, at: hex(at + BigInt(i)), data }))) return false
    }
    return true
  }

  async #tries(op: DebugOperation, params: DebugParams): Promise<boolean> {
    try {
      await this.#ask(op, params)
      return true
    } catch (error) {
      if ((error as { reason?: string }).reason === 'bad-params') return false
      throw error
    }
  }

  async #data(op: DebugOperation, params: DebugParams): Promise<Buffer> {
    return Buffer.from(debugData.parse(await this.#ask(op, params)).data, 'hex')
  }

  #ask(op: DebugOperation, params: DebugParams = {}): Promise<unknown> {
    return this.#client.debug(this.vm, op, params)
  }
}

/** The part of `over`, which belongs at `place`, that lies within `bytes` from `at` on. */
function overlay(bytes: Buffer, at: bigint, over: Buffer, place: bigint): void {
  for (let i = 0; i < over.length; i++) {
    const to = Number(place + BigInt(i) - at)
    if (to >= 0 && to < bytes.length) bytes[to] = over[i]!
  }
}

function brk(): Buffer {
  const bytes = Buffer.alloc(INSTRUCTION)
  bytes.writeUInt32LE(BRK >>> 0)
  return bytes
}

function hex(value: bigint): string {
  return `0x${BigInt.asUintN(64, value).toString(16)}`
}

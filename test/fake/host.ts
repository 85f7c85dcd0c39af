/** The host module as it ships, over a pretend UART and a pretend core. */
import { readFileSync } from 'node:fs'
import { SOURCE_HYPERVISOR, UART_KIND_PL011 } from '../../src/abi/compartment.ts'
import { PAGE_SIZE, WINDOW_DEVICE } from '../../src/abi/layout.ts'
import { STATE_RUNNING } from '../../src/abi/life.ts'
import { GuestLine } from './guest-line.ts'
import { type FakeKey, NO_KEY } from './key.ts'
import { FakePl011, FIFO } from './pl011.ts'

interface Exports {
  memory: WebAssembly.Memory
  init(kind: number, offset: number, frequency: number): void
  setName(source: number, index: number, ch: number): void
  put(source: number, bytes: bigint, count: number): number
  uartInterrupt(): void
  poll(): void
  flush(): void
  nextInput(vm: number): number
  inputPending(): number
  roomPending(): number
  deadline(): bigint
  attach(frequency: number): void
  tell(vm: number, state: number, cause: number): void
  openReport(vm: number): number
  report(bytes: bigint, count: number): void
  openWire(kind: number, offset: number): void
  lineReset(vm: number): void
  lineWrite(bytes: bigint, count: number): void
  lineRead(): bigint
}

/** u64.MAX_VALUE, as a Wasm i64 comes out. */
export const NEVER = -1n
/** Ticks of the pretend counter in a second. */
export const FREQUENCY = 1_000_000
export const ESCAPE = '\x1d'

const SEQUENCE = new RegExp(`${String.fromCharCode(0x1b)}\\[[0-9:;?]*[a-zA-Z]`, 'g')
/** What stays of a screen's bytes for a reader: no colours, no cursor. */
export const withoutSequences = (text: string) => text.replace(SEQUENCE, '')

let compiled: WebAssembly.Module | undefined
function hostModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('../../build/wasm/host.wasm', import.meta.url)))
  return compiled
}

/** src/core/services-debug.ts: what the test says, or 0. */
function debuggerOf(host: FakeHost): WebAssembly.ModuleImports {
  const words = [
    'debug',
    'debugHalts',
    'debugPoint',
    'debugPoints',
    'debugSetRegister',
    'debugVcpus',
    'debugWrite',
    'traceBegin',
  ]
  const longs = ['debugPlace', 'debugRead', 'debugRegister', 'traceCount', 'traceWord']
  const answer = (name: string, otherwise: number | bigint) => [
    name,
    (...args: (number | bigint)[]) => host.debug[name]?.(...args) ?? otherwise,
  ]
  return Object.fromEntries([...words.map((name) => answer(name, 0)), ...longs.map((name) => answer(name, 0n))])
}

export interface FakeHostOptions {
  names?: string[]
  kind?: number
  /** Bytes leave the UART only when the test drains it. */
  slow?: boolean
  /** What the firmware left in the PL011's UARTLCR_H, and what was typed before host begins. */
  line?: number
  typed?: string
  /** The bundle brought the control extension. */
  control?: boolean
  /** The serial line wants it. */
  key?: FakeKey
}

export class FakeHost {
  readonly uart = new FakePl011()
  /** The one that has records alone, once it is open. */
  readonly wire = new FakePl011()
  readonly states: number[]
  readonly call: Exports
  now = 0
  figure = (_vm: number, _which: number) => 0n
  /** What core answers a debugger, by the function's name. */
  debug: Record<string, (...args: (number | bigint)[]) => number | bigint> = {}
  /** What core answers an operator. */
  control = (_what: number, _vm: number) => 0
  /** And what it answers who wants a VM to keep less. */
  balloon = (_vm: number, _bytes: bigint) => 0
  /** And whose terminal is so large. */
  size = (_vm: number, _columns: number, _rows: number) => 0
  /** And which port of its console is to have the keyboard: its name, NUL-padded. */
  port = (_vm: number, _low: bigint, _high: bigint) => 0
  readonly explained: number[] = []
  /** EXPLAIN_* of the last request. */
  form = 0
  board = 'linux,dummy-virt'
  templates: string[] = []
  free = 0n
  /** What core answers when a VM is to be made; the name is '' where the operator gave none. */
  create = (_template: number, _name: string) => 0

  constructor({
    names = ['linux', 'pulse'],
    kind = UART_KIND_PL011,
    slow = false,
    control = true,
    line,
    typed = '',
    key,
  }: FakeHostOptions = {}) {
    this.states = names.map(() => STATE_RUNNING)
    this.uart.instant = !slow
    if (line !== undefined) this.uart.registers.set(0x2c, line)
    this.uart.arrive([...Buffer.from(typed)])
    const stop = (what: string) => () => {
      throw new Error(what)
    }
    const instance = new WebAssembly.Instance(hostModule(), {
      core: {
        ticks: () => BigInt(this.now),
        vmState: (vm: number) => this.states[vm] ?? 0,
        vmFigure: (vm: number, which: number) => this.figure(vm, which),
        control: (what: number, vm: number) => this.control(what, vm),
        balloon: (vm: number, bytes: bigint) => this.balloon(vm, bytes),
        consolePort: (vm: number, low: bigint, high: bigint) => this.port(vm, low, high),
        consoleSize: (vm: number, columns: number, rows: number) => this.size(vm, columns, rows),
        explain: (vm: number, form: number) => {
          this.explained.push(vm)
          this.form = form
        },
        templateByte: (template: number, i: number) => Buffer.from(this.templates[template] ?? '')[i] ?? 0,
        freeMemory: () => this.free,
        vmCreate: (template: number, ...words: bigint[]) => {
          const bytes = Buffer.alloc(32)
          for (const [i, word] of words.entries()) bytes.writeBigUInt64LE(BigInt.asUintN(64, word), i * 8)
          return this.create(template, bytes.toString('latin1').replace(/\0+$/, ''))
        },
        ...(key?.imports() ?? NO_KEY),
        ...debuggerOf(this),
        boardByte: (i: number) => Buffer.from(this.board)[i] ?? 0,
      },
      hw: {
        read32: (at: number) => this.#at(at, (uart, offset) => uart.read(offset)),
        write32: (at: number, value: number) => this.#at(at, (uart, offset) => uart.write(offset, value >>> 0)),
      },
      env: { abort: stop('abort'), fuel: stop('out of fuel') },
    })
    this.call = instance.exports as unknown as Exports
    this.call.init(kind, 0, FREQUENCY)
    if (control) this.call.attach(FREQUENCY)
    names.forEach((name, vm) => {
      for (const [i, ch] of [...Buffer.from(name)].entries()) this.call.setName(vm, i, ch)
    })
  }

  #at<T>(at: number, access: (uart: FakePl011, offset: number) => T): T {
    const offset = (at >>> 0) - WINDOW_DEVICE
    return offset < PAGE_SIZE ? access(this.uart, offset) : access(this.wire, offset - PAGE_SIZE)
  }

  /** Hands over bytes until one is refused; answers how many were taken. */
  put(source: number, text: string | Uint8Array): number {
    let taken = 0
    for (const byte of Buffer.from(text)) {
      if (this.call.put(source, BigInt(byte), 1) === 0) break
      taken++
    }
    return taken
  }

  say(text: string): number {
    return this.put(SOURCE_HYPERVISOR, text)
  }

  type(text: string | Uint8Array): void {
    const bytes = [...Buffer.from(text)]
    while (bytes.length > 0) {
      this.uart.arrive(bytes.splice(0, FIFO))
      this.call.uartInterrupt()
    }
  }

  /** What core does when the UART interrupts. */
  interrupt(): void {
    this.call.uartInterrupt()
    this.room |= this.call.roomPending()
  }

  /** VMs that were told of room since the last call. */
  takeRoom(): number {
    const { room } = this
    this.room = 0
    return room
  }
  private room = 0

  /** The wire, the interrupts and calls that are due at once go on until nothing more happens. */
  settle(limit = 100_000): void {
    for (let i = 0; i < limit; i++) {
      const before = this.uart.sent.length
      this.uart.drain(FIFO)
      if (this.uart.interrupt || this.wire.interrupt) this.interrupt()
      else if (this.call.deadline() === 0n) {
        this.call.poll()
        this.call.inputPending()
      } else if (this.uart.sent.length === before) return
    }
    throw new Error('the UART interrupt never rests')
  }

  input(vm: number): string {
    const bytes: number[] = []
    for (let ch = this.call.nextInput(vm); ch !== -1; ch = this.call.nextInput(vm)) bytes.push(ch)
    return Buffer.from(bytes).toString('latin1')
  }

  /** The far end of the line of the VM that holds `control`. */
  guestLine(): GuestLine {
    return new GuestLine(this.call)
  }

  get screen(): string {
    return Buffer.from(this.uart.sent).toString()
  }

  /** What was printed since the last call. */
  fresh(): string {
    const text = this.screen.slice(this.seen)
    this.seen = this.screen.length
    return text
  }
  private seen = 0
}

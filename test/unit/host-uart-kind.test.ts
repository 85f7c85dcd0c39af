/** The other UARTs' drivers: bytes go out as the wire takes them, bytes come in, and no interrupt comes for nothing. */
import { describe, expect, test } from 'vitest'
import { SOURCE_HYPERVISOR } from '../../src/abi/compartment.ts'
import { WINDOW_DEVICE } from '../../src/abi/layout.ts'
import { STATE_RUNNING } from '../../src/abi/life.ts'
import { FREQUENCY, withoutSequences } from '../fake/host.ts'
import { refuse, shipped } from '../fake/shipped.ts'
import { FakeCadence, FakeImx, FakeMini, type FakeUart } from '../fake/uart-kind.ts'

type Host = Record<string, (...values: (number | bigint)[]) => number>

/** It asks nothing else of core. */
const core = new Proxy<WebAssembly.ModuleImports>(
  { ticks: () => 0n, vmState: () => STATE_RUNNING },
  { get: (own, name) => own[String(name)] ?? refuse(String(name)) },
)

function hostOver(uart: FakeUart): Host {
  const at = (address: number) => (address >>> 0) - WINDOW_DEVICE - uart.offset
  const instance = new WebAssembly.Instance(shipped('wasm/host'), {
    core,
    hw: {
      read32: (address: number) => uart.read(at(address)),
      write32: (address: number, value: number) => uart.write(at(address), value >>> 0),
    },
    env: { abort: refuse('abort'), fuel: refuse('out of fuel') },
  })
  const host = instance.exports as unknown as Host
  host.init!(uart.kind, uart.offset, FREQUENCY)
  for (const [i, ch] of [...Buffer.from('linux')].entries()) host.setName!(0, i, ch)
  return host
}

/** The wire takes a few bytes at a time, and every interrupt is served, until nothing more happens. */
function settle(host: Host, uart: FakeUart): number {
  for (let i = 0, served = 0; i < 10_000; i++) {
    const before = uart.sent.length
    uart.drain(3)
    if (uart.interrupt) {
      host.uartInterrupt!()
      served++
    }
    if (uart.sent.length === before && !uart.interrupt) return served
  }
  throw new Error('the UART interrupt never rests')
}

const text = (uart: FakeUart) => withoutSequences(Buffer.from(uart.sent).toString('latin1'))

describe.each<[string, () => FakeUart, number]>([
  ['mini UART', () => new FakeMini(), 0x28],
  ['Cadence', () => new FakeCadence(), 0x18],
  ['i.MX', () => new FakeImx(), 0xa8],
])('%s', (_, make, baud) => {
  test('keeps the baud rate, and is quiet while nothing happens', () => {
    const uart = make()
    const before = uart.registers.get(baud)
    hostOver(uart)
    expect(uart.registers.get(baud)).toBe(before)
    expect([uart.interrupt, uart.sent]).toEqual([false, []])
  })

  test('sends more than its FIFO holds by interrupts, in order, and rests then', () => {
    const uart = make()
    const host = hostOver(uart)
    const lines = Array.from({ length: 30 }, (_, i) => `line ${i}`)
    for (const ch of Buffer.from(`${lines.join('\n')}\n`)) expect(host.put!(0, BigInt(ch), 1)).toBe(1)
    expect(settle(host, uart)).toBeGreaterThan(1)
    expect(text(uart)).toBe(lines.map((line) => `linux    | ${line}\r\n`).join(''))
    for (const ch of Buffer.from('again\n')) host.put!(0, BigInt(ch), 1)
    settle(host, uart)
    expect(text(uart).endsWith('linux    | again\r\n')).toBe(true)
  })

  test('hears every byte, also those that come while it empties the FIFO', () => {
    const uart = make()
    const host = hostOver(uart)
    const heard: number[] = []
    for (let i = 0; i < 40; i += 2) {
      uart.arrive([0x30 + i, 0x31 + i])
      expect(uart.interrupt).toBe(true)
      host.uartInterrupt!()
      for (let ch = host.nextInput!(0)!; ch >= 0; ch = host.nextInput!(0)!) heard.push(ch)
    }
    expect(heard).toEqual(Array.from({ length: 40 }, (_, i) => 0x30 + i))
    expect(uart.interrupt).toBe(false)
  })

  test('writes everything out before the board loses its power', () => {
    const uart = make()
    const host = hostOver(uart)
    const { read } = uart
    uart.read = (offset) => {
      uart.drain(1)
      return read.call(uart, offset)
    }
    for (const ch of Buffer.from('the board powers off\n'.repeat(9))) host.put!(SOURCE_HYPERVISOR, BigInt(ch), 1)
    host.flush!()
    expect(text(uart).match(/the board powers off\r\n/g)).toHaveLength(9)
  })
})

/** A control line with a UART of its own: records there, text on the console's, and neither on the other. */
import { describe, expect, test } from 'vitest'
import { UART_KIND_NONE, UART_KIND_PL011 } from '../../src/abi/compartment.ts'
import { CAUSE_PAUSE } from '../../src/abi/control.ts'
import { PAGE_SIZE } from '../../src/abi/layout.ts'
import { STATE_PAUSED } from '../../src/abi/life.ts'
import { ESCAPE, FakeHost } from '../fake/host.ts'
import { FIFO } from '../fake/pl011.ts'

const RS = '\x1e'
const hello = (id: number) => `${RS}${JSON.stringify({ jsonrpc: '2.0', id, method: 'hello' })}\n`

function wired(isSlow = false) {
  const host = new FakeHost()
  host.wire.instant = !isSlow
  host.call.openWire(UART_KIND_PL011, PAGE_SIZE)
  const send = (text: string) => {
    const bytes = [...Buffer.from(text)]
    while (bytes.length > 0) {
      host.wire.arrive(bytes.splice(0, FIFO))
      host.call.uartInterrupt()
    }
  }
  const sent = () => Buffer.from(host.wire.sent).toString()
  const records = () =>
    sent()
      .split(RS)
      .filter((text) => text !== '')
      .map((text) => JSON.parse(text))
  return { host, send, sent, records }
}

describe('a control line of its own', () => {
  test('answers there, and the console has text alone', () => {
    const { host, send, records } = wired()
    send(hello(1))
    host.put(0, 'a line\n')
    host.settle()
    expect(records()).toMatchObject([{ id: 1, result: { protocol: 1 } }])
    expect(host.screen).toBe('linux    | a line\r\n')
  })

  test('a record on the console is typed', () => {
    const { host, records } = wired()
    host.type(hello(1))
    expect(records()).toEqual([])
    expect(host.input(0)).toBe(hello(1))
  })

  test('text on the line is nobody’s, and commands of people stay at the console', () => {
    const { host, send, records } = wired()
    send(`ls\r${ESCAPE}:ps\r`)
    host.settle()
    expect([host.input(0), host.screen, records()]).toEqual(['', '', []])
    host.type(`${ESCAPE}:ps\r`)
    host.settle()
    expect(host.screen).toContain('restarts')
  })

  test('tells events there', () => {
    const { host, send, records } = wired()
    send(hello(1))
    host.settle()
    host.call.tell(0, STATE_PAUSED, CAUSE_PAUSE)
    host.settle()
    expect(records()).toMatchObject([{ id: 1 }, { method: 'state', params: { vm: 'linux' } }])
    expect(host.screen).toBe('')
  })

  test('goes at its UART’s pace, and asks for an interrupt while something waits', () => {
    const { host, send, records } = wired(true)
    send(hello(1))
    expect(host.wire.interrupt).toBe(false)
    for (let i = 0; i < 100 && host.wire.sent.length < 100; i++) {
      host.wire.drain(FIFO)
      if (host.wire.interrupt) host.call.uartInterrupt()
    }
    for (let i = 0; i < 20; i++) {
      host.wire.drain(FIFO)
      if (host.wire.interrupt) host.call.uartInterrupt()
    }
    expect(records()).toMatchObject([{ id: 1 }])
    expect(host.wire.interrupt).toBe(false)
  })

  test('takes a request that is longer than one call reads, though no interrupt announces its rest', () => {
    const { host, records } = wired()
    const wish = hello(1).replace('}', `,"more":"${'x'.repeat(300)}"}`)
    host.wire.arriveWithFlowControl(Buffer.from(wish))
    host.call.uartInterrupt()
    host.settle()
    expect(records()).toMatchObject([{ id: 1 }])
  })

  test('of a kind that nobody drives leaves the records at the console', () => {
    const host = new FakeHost()
    host.call.openWire(UART_KIND_NONE, PAGE_SIZE)
    host.type(hello(1))
    host.settle()
    expect(host.screen).toContain('"id":1')
  })
})

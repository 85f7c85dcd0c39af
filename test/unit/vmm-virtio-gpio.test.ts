/** The GPIO device: messages about lines, waits for their events, and drivers that break the rules. */
import { describe, expect, test } from 'vitest'
import { GPIO_LINES_MOST } from '../../src/abi/gpio.ts'
import { FEATURES, half, message, started } from '../fake/gpio-driver.ts'
import { REGISTER, STATUS } from '../fake/virtio-driver.ts'

const [NAMES, GET_DIRECTION, SET_DIRECTION, GET_VALUE, SET_VALUE, SET_TYPE] = [1, 2, 3, 4, 5, 6] as const
const [OUT, IN] = [1, 2] as const
const [NONE, RISING, FALLING, BOTH, HIGH, LOW] = [0, 1, 2, 3, 4, 8] as const
const [OK, ERR] = [0, 1] as const
const [INVALID, VALID] = [0, 1] as const

describe('lines', () => {
  test('are counted and named, in the order of the config', () => {
    const { driver, ask } = started()
    expect([driver.read(REGISTER.config, 2), driver.read(REGISTER.config + 2, 2)]).toEqual([3, 0])
    const size = driver.read(REGISTER.config + 4)
    const { written, buffers } = ask(NAMES, 0, 0, size + 1)
    expect([written, buffers[0]!.toString('latin1')]).toEqual([size + 1, '\0led\0button\0reset\0'])
  })

  test('as many as there can be', () => {
    const names = Array.from({ length: GPIO_LINES_MOST }, (_, i) => [`line-${i}`.slice(0, 7), i])
    const { driver, ask } = started(Object.fromEntries(names))
    const size = driver.read(REGISTER.config + 4)
    const text = ask(NAMES, 0, 0, size + 1)
      .buffers[0]!.subarray(1)
      .toString('latin1')
    expect(text).toBe(names.map(([name]) => `${name}\0`).join(''))
  })

  test('go out and in, high and low', () => {
    const { vmm, answer, drive } = started()
    expect(answer(GET_DIRECTION, 1)).toEqual([OK, NONE])
    expect(answer(SET_VALUE, 0, 1)).toEqual([OK, 0])
    expect(answer(SET_DIRECTION, 0, OUT)).toEqual([OK, 0])
    expect([vmm.gpio.levels[0], vmm.gpio.directions[0]]).toEqual([1, OUT])
    expect([answer(GET_VALUE, 0), answer(GET_DIRECTION, 0)]).toEqual([
      [OK, 1],
      [OK, OUT],
    ])
    expect(answer(SET_DIRECTION, 1, IN)).toEqual([OK, 0])
    drive(1, 1)
    expect(answer(GET_VALUE, 1)).toEqual([OK, 1])
  })

  test('are forgotten by a reset of the device', () => {
    const { vmm, driver, answer, wait, heard } = started()
    answer(SET_DIRECTION, 0, OUT)
    answer(SET_TYPE, 1, BOTH)
    wait(1)
    driver.write(REGISTER.status, 0)
    expect([vmm.gpio.directions, vmm.gpio.senses]).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ])
    vmm.gpio.drive(1, 1)
    vmm.frames()
    expect(heard()).toEqual([])
  })
})

describe('an event', () => {
  test.each([
    [RISING, 0, 1],
    [FALLING, 1, 0],
    [BOTH, 0, 1],
    [BOTH, 1, 0],
    [HIGH, 0, 1],
    [LOW, 1, 0],
  ])('of type %i comes to the driver that waits, once for each wait', (type, rest, active) => {
    const { driver, answer, wait, heard, drive } = started()
    drive(1, rest)
    expect(answer(SET_TYPE, 1, type)).toEqual([OK, 0])
    wait(1)
    expect(heard()).toEqual([])
    driver.write(REGISTER.interruptAck, 3)
    drive(1, active)
    expect(heard()).toEqual([[1, VALID]])
    expect(driver.read(REGISTER.interruptStatus) & 1).toBe(1)
    drive(1, rest)
    expect(heard()).toEqual([])
  })

  test('of an edge waits for the driver, one at most', () => {
    const { answer, wait, heard, drive } = started()
    answer(SET_TYPE, 2, RISING)
    for (const level of [1, 0, 1, 0, 1]) drive(2, level)
    wait(2)
    expect(heard()).toEqual([[1, VALID]])
    // Those that came before it was taken are one more.
    wait(2)
    expect(heard()).toEqual([[1, VALID]])
    wait(2)
    expect(heard()).toEqual([])
  })

  test('of a level that is over when the driver waits is none', () => {
    const { answer, wait, heard, drive } = started()
    answer(SET_TYPE, 1, HIGH)
    drive(1, 1)
    drive(1, 0)
    wait(1)
    expect(heard()).toEqual([])
    drive(1, 1)
    expect(heard()).toEqual([[1, VALID]])
    wait(1)
    expect(heard()).toEqual([[1, VALID]])
  })

  test('is discarded when its line is disabled, and who waits gets its buffer back', () => {
    const { answer, wait, heard, drive } = started()
    answer(SET_TYPE, 1, RISING)
    drive(1, 1)
    answer(SET_TYPE, 1, NONE)
    answer(SET_TYPE, 1, RISING)
    wait(1)
    expect(heard()).toEqual([])
    answer(SET_TYPE, 1, NONE)
    expect(heard()).toEqual([[1, INVALID]])
    drive(1, 0)
    drive(1, 1)
    expect(heard()).toEqual([])
  })

  test('of each line goes to its own wait, in the order in which they come', () => {
    const { answer, wait, events, drive } = started()
    for (const line of [0, 1, 2]) answer(SET_TYPE, line, RISING)
    const heads = [0, 1, 2].map((line) => events.add({ read: [half(line)], write: [1] }))
    events.notify()
    drive(2, 1)
    drive(0, 1)
    expect(events.collect().map(({ id }) => id)).toEqual([heads[2], heads[0]])
    wait(2)
    drive(1, 1)
    expect(events.collect().map(({ id }) => id)).toEqual([heads[1]])
  })
})

describe('a driver that breaks the rules', () => {
  test.each([
    ['no such message', 0, 0, 0],
    ['no such message', 7, 0, 0],
    ['no such line', GET_VALUE, 3, 0],
    ['no such line', SET_VALUE, 0xffff, 1],
    ['no such direction', SET_DIRECTION, 0, 3],
    ['no such value', SET_VALUE, 0, 2],
    ['no such type', SET_TYPE, 0, 5],
    ['no such type', SET_TYPE, 0, 0x104],
  ])('%s', (_, type, line, value) => {
    const { answer } = started()
    expect(answer(type, line, value)).toEqual([ERR, 0])
  })

  test('no interrupts without F_IRQ, none of an output', () => {
    expect(started(undefined, FEATURES).answer(SET_TYPE, 0, RISING)).toEqual([ERR, 0])
    const { answer } = started()
    answer(SET_DIRECTION, 0, OUT)
    expect(answer(SET_TYPE, 0, RISING)).toEqual([ERR, 0])
  })

  test.each([
    ['a line that there is not', 3],
    ['a line that is not enabled', 1],
  ])('waits for %s: the buffer comes back', (_, line) => {
    const { wait, heard } = started()
    wait(line)
    expect(heard()).toEqual([[1, INVALID]])
  })

  test('waits twice for a line: the second comes back, the first stays', () => {
    const { answer, wait, heard, drive } = started()
    answer(SET_TYPE, 1, RISING)
    wait(1)
    wait(1)
    expect(heard()).toEqual([[1, INVALID]])
    drive(1, 1)
    expect(heard()).toEqual([[1, VALID]])
  })

  test('buffers that are too small are given back, with what fits', () => {
    const { requests, events, answer } = started()
    answer(SET_TYPE, 1, RISING)
    requests.add({ read: [Buffer.alloc(7)], write: [2] })
    requests.add({ read: [message(GET_VALUE, 0, 0)], write: [1] })
    requests.add({ read: [message(NAMES, 0, 0)] })
    requests.add({ read: [message(NAMES, 0, 0)], write: [3] })
    requests.notify()
    expect(requests.collect().map(({ written }) => written)).toEqual([2, 1, 0, 3])
    events.add({ read: [half(1)] })
    events.add({ read: [Buffer.alloc(1)], write: [1] })
    events.notify()
    expect(events.collect().map(({ written }) => written)).toEqual([0, 1])
  })

  test('resets the queue with waits in it', () => {
    const { driver, answer, wait, drive } = started()
    answer(SET_TYPE, 1, RISING)
    wait(1)
    driver.write(REGISTER.queueSel, 1)
    driver.write(REGISTER.queueReset, 1)
    drive(1, 1)
    expect(driver.status & STATUS.needsReset).toBe(0)
  })

  test('asks for more than a turn: the rest comes later', () => {
    const { requests } = started()
    for (let i = 0; i < 32; i++) requests.add({ read: [message(GET_VALUE, i % 3, 0)], write: [2] })
    requests.notify()
    expect(requests.collect()).toHaveLength(32)
  })
})

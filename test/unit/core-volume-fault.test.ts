/** The service that drives the board's storage fails: it begins anew, and who asked it for something hears of it only if that is why. */
import { describe, expect, test } from 'vitest'
import { TRAP_MEMORY, TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import { VOLUME_READ, VOLUME_WRITE } from '../../src/abi/storage.ts'
import { trap } from '../fake/compartment.ts'
import { StoredBoard, type StoredOptions } from '../fake/stored.ts'

const NONE = 0xffff_ffff
const vms: StoredOptions['vms'] = {
  alpha: { disks: [{ name: 'one' }] },
  beta: { cores: [1], disks: [{ partition: 2 }] },
}
const board = (options: Partial<StoredOptions> = {}) => new StoredBoard({ vms, ...options })

describe('a service that fails', () => {
  test.each([
    ['a trap', trap(TRAP_UNREACHABLE)],
    ['a fault', trap(TRAP_MEMORY, 0x28_0000_0008n)],
  ])('by %s begins anew, and has its requests once more, one by one', (_, fail) => {
    const stored = board()
    stored.submit(0, VOLUME_WRITE, 1)
    stored.submit(1, VOLUME_READ, 2)
    stored.onCall = (name) => {
      if (name !== 'interrupt') return
      stored.onCall = () => {}
      fail()
    }
    stored.interrupt()
    expect(stored.inits).toBe(2)
    expect(stored.lines.join('\n')).toMatch(/the storage failed \(fault 1\): .*; it began anew/)
    for (const sector of [101, 1102]) {
      expect(stored.submitted.map((each) => each.sector)).toEqual([sector])
      stored.finish()
    }
    expect([stored.take(0), stored.take(1)]).toEqual([[[0, true]], [[0, true]]])
  })

  test('with the same request again and again gives that up, and serves the others', () => {
    const stored = board()
    stored.onCall = (name) => {
      if (name === 'interrupt' && stored.submitted.some(({ sector }) => sector === 142)) trap(TRAP_UNREACHABLE)()
    }
    stored.submit(0, VOLUME_READ, 42)
    for (let i = 0; i < 3; i++) stored.interrupt()
    expect(stored.take(0)).toEqual([[0, false]])
    stored.submit(0, VOLUME_READ, 43)
    stored.finish()
    expect(stored.take(0)).toEqual([[0, true]])
  })

  test.each(['submit', 'interrupt'])(
    'at one request’s %s gives that one up, and no other that was on its way',
    (where) => {
      const stored = board({ depth: 4 })
      const isThere = () => stored.submitted.some(({ sector }) => sector === 142)
      stored.onCall = (name, _what, sector) => {
        if (name === where && (where === 'submit' ? sector === 142n : isThere())) trap(TRAP_UNREACHABLE)()
      }
      for (const sector of [1, 2, 3]) stored.submit(1, VOLUME_WRITE, sector)
      stored.submit(0, VOLUME_READ, 42)
      stored.submit(0, VOLUME_READ, 43)
      stored.submit(1, VOLUME_WRITE, 4)
      for (let i = 0; i < 20; i++) {
        if (stored.submitted.length && !isThere()) stored.finish()
        stored.interrupt()
      }
      expect(stored.take(1).map(([, isDone]) => isDone)).toEqual([true, true, true, true])
      expect(stored.take(0)).toEqual([
        [0, false],
        [1, true],
      ])
    },
  )

  test('gives no buffer back before its device was reset: that may still write there', () => {
    const stored = board()
    const early: [number, boolean][] = []
    stored.submit(0, VOLUME_READ, 42)
    stored.submit(1, VOLUME_READ, 1)
    stored.ask(1, 'volumeForget', 0)
    stored.onCall = (name) => {
      if (name === 'interrupt') trap(TRAP_UNREACHABLE)()
      if (name !== 'init') return
      early.push(...stored.take(0))
      // Of the first life; then nobody has it any more.
      if (stored.inits === 1 && stored.claim(1) !== undefined) early.push([1, true])
    }
    for (let i = 0; i < 3; i++) stored.interrupt()
    expect(early).toEqual([])
    expect(stored.take(0)).toEqual([[0, false]])
    expect(stored.claim(1)).toBeDefined()
  })

  test('whenever it begins is left alone: every request fails, and VMs run on', () => {
    const stored = board()
    stored.submit(0, VOLUME_READ, 1)
    stored.onCall = trap(TRAP_UNREACHABLE)
    stored.interrupt()
    expect(stored.take(0)).toEqual([[0, false]])
    expect(stored.lines.join('\n')).toMatch(/the storage failed .*; every request to it fails/)
    expect(stored.submit(0, VOLUME_READ, 2)).toBe(0)
    expect(stored.take(0)).toEqual([[0, false]])
    expect(stored.source.enabled).toBe(false)
    const { inits } = stored
    stored.submit(0, VOLUME_READ, 3)
    expect(stored.inits).toBe(inits)
  })

  test('that says of requests which it does not have that they are over is not heard', () => {
    const stored = board()
    for (const ticket of [0, 15, 16, 999, NONE]) stored.ask(0, 'requestDone', ticket, 1)
    expect([stored.take(0), stored.take(1)]).toEqual([[], []])
  })
})

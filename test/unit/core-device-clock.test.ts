/** Devices of the board that answer only once their clock runs: what core writes at boot so that no guest stops a core by asking one. */
import { expect, test } from 'vitest'
import { DEVICE_VA } from '../../src/abi/layout.ts'
import { GiB, MiB } from '../fake/board.ts'
import { bundle } from '../fake/bundle.ts'
import { CLOCKS_PA } from '../fake/devices.ts'
import { Machine } from '../fake/machine.ts'
import { refusal } from '../fake/refused.ts'
import { translate } from '../fake/stage2-walk.ts'

const PAGE = 0x0903_0000

const initrd = (enable: [address: number, value: number][]) =>
  bundle({ vms: { alpha: { board: [{ device: 'uart', pages: [[PAGE, 0x1000]], enable }] } } })

test('it gets its clock, in order, before anybody can ask it; and nothing of that stays mapped', () => {
  const enable: [number, number][] = [
    [CLOCKS_PA + 8, 3],
    [CLOCKS_PA + 0xf00, 0x1000_0000],
    [CLOCKS_PA + 4, 3],
  ]
  const machine = new Machine({ initrd: initrd(enable) })
  machine.boot()
  expect(machine.devices.clocks).toEqual(enable)
  expect(translate(machine, 0, PAGE)).toMatchObject({ pa: PAGE })
  expect(translate(machine, 0, CLOCKS_PA)).toBeUndefined()
  expect(machine.mmu.walk(DEVICE_VA + CLOCKS_PA)).toBeUndefined()
})

test.each([
  ['RAM', GiB + 512 * MiB],
  ["the console's UART", 0x0900_0000],
  ['the distributor', 0x0800_0004],
  ['half a register', CLOCKS_PA + 2],
  ['what lies beyond the address space', 2 ** 48],
])('one that would be turned on by writes to %s is refused', (_, address) => {
  const said = 'a VM wants what no VM may have as a device; change the config and build the bundle again'
  expect(refusal({ initrd: initrd([[address, 1]]) })).toBe(said)
})

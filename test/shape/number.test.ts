/** Numbers that two sides agree on are given out by hand: none of a kind stands for two things. */
import { expect, test } from 'vitest'
import * as compartment from '../../src/abi/compartment.ts'
import * as control from '../../src/abi/control.ts'
import * as life from '../../src/abi/life.ts'
import * as setting from '../../src/abi/setting.ts'
import * as storage from '../../src/abi/storage.ts'

/** What an operator asks for; the other CONTROL_* are answers. */
const REQUESTS = /_(START|STOP|RESTART|PAUSE|RESUME|DESTROY|DESTROY_FORCED)$/

test.each<[string, object, RegExp, RegExp?]>([
  ['errors of the control protocol', control, /^ERROR_/],
  ['causes of events', control, /^CAUSE_/],
  ['states', life, /^STATE_/],
  ['figures', life, /^FIGURE_/, /_SHIFT$/],
  ['requests to core', life, new RegExp(`^CONTROL.*${REQUESTS.source}`)],
  ['answers of core', life, /^CONTROL_/, REQUESTS],
  ['settings', setting, /^SETTING_/, /_(SHIFT|VM)$/],
  ['traps', compartment, /^TRAP_/],
  ['requests to the storage service', storage, /^VOLUME_(READ|WRITE|FLUSH|DISCARD|ZERO)$/],
])('%s differ', (_, module, wanted, other = /^$/) => {
  const own = Object.entries(module).filter(([name]) => wanted.test(name) && !other.test(name))
  expect(own.length).toBeGreaterThan(2)
  expect(own.filter(([, value], i) => own.findIndex((each) => each[1] === value) < i)).toEqual([])
})

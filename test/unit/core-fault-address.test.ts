/** Where an abort went, as reports tell it: HPFAR_EL2 holds an IPA for some aborts only, and what another left there for all others. */
import { expect, test } from 'vitest'
import { TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import { exitLines } from '../../tool/control/exit.ts'
import { NEVER, stub } from '../fake/asking.ts'
import { trap } from '../fake/compartment.ts'
import { started } from '../fake/started.ts'
import { dataAbort, faultAt, instructionAbort, PERMISSION, TRANSLATION } from '../fake/syndrome.ts'

const UART = 0x900_0000
/** What an abort before has left. */
const STALE = faultAt(UART).hpfar
const VA = 0xffff_8000_0009_a018n
const PC = 0x4000_0200n
const SYNCHRONOUS_TAG_FAULT = 0x11

/** The exit before the one that ends the VM, as its report has it. */
function told(esr: bigint, far: bigint, hpfar: bigint): string | undefined {
  const { machine } = started({ control: true, vms: { alpha: { restart: NEVER }, beta: { cores: [1] } } })
  const exit = (pc: bigint, access: object) => {
    machine.vcpuOn(0)!.elr = pc
    machine.sync(0, access as { esr: bigint })
  }
  exit(PC, { esr, far, hpfar })
  stub(machine, 0).mmioWrite = trap(TRAP_UNREACHABLE) as never
  exit(PC + 4n, { esr: dataAbort({ write: true }), ...faultAt(UART, UART) })
  return /^bulkhead \| {3}vCPU 0: {3}(.*), pc 0x40000200$/.exec(
    machine.lines.find((line) => line.endsWith(', pc 0x40000200')) ?? '',
  )?.[1]
}

/** The same exit in the words of the tool. */
const shown = (esr: bigint, at: string) => exitLines([{ pc: '0x40000200', esr: `0x${esr.toString(16)}`, at }])

test.each([
  [
    'a write',
    dataAbort({ write: true, status: PERMISSION }),
    'write of 4 bytes by address 0xffff80000009a018, not permitted',
  ],
  [
    'one without a syndrome',
    dataAbort({ write: true, valid: false, status: PERMISSION }),
    'write by address 0xffff80000009a018, not permitted',
  ],
  [
    'a fetch',
    instructionAbort({ status: PERMISSION }),
    'fetch of an instruction by address 0xffff80000009a018, not permitted',
  ],
  [
    'another fault',
    dataAbort({ status: SYNCHRONOUS_TAG_FAULT }),
    'read of 4 bytes by address 0xffff80000009a018, fault status 0x11',
  ],
])('%s that is refused for what it does: the address is the guest’s own', (_, esr, words) => {
  expect(told(esr, VA, STALE)).toBe(words)
  expect(shown(esr, '0xffff80000009a018')).toEqual([`${words}, pc 0x40000200`])
})

test.each([
  ['nothing is mapped', TRANSLATION],
  ['the table may not be read', PERMISSION],
])('a walk of the guest’s tables, where %s: the page of the table', (_, status) => {
  const esr = dataAbort({ valid: false, walk: true, status })
  expect(told(esr, VA, faultAt(0xb000_0000).hpfar)).toBe('table walk at 0xb0000000, where it has nothing')
  expect(shown(esr, '0xb0000000')).toEqual(['table walk at 0xb0000000, pc 0x40000200'])
})

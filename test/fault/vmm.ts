/**
 * The vmm module of the test build: what ships, and behind one hypercall a way to break it for each number in x1.
 * test/fault/guest.ts asks for them; the product has none of this.
 */
import * as core from '../../src/vmm/core'
import { hypercall as shipped } from '../../src/vmm/smccc'
import { BREAK, Fault } from './fault'

// All but what this file has of its own.
export * from '../../src/vmm/main'

/** Addresses in its own window that nothing maps: far behind its memory, and the last byte that an address can name. */
const FAR_BEHIND: usize = 0x8000_0000
const LAST: usize = 0xffff_ffff
/** Beyond what the audit lets an instruction add there is only the guard. */
const INTO_GUARD: usize = 0x8000

export function hypercall(vcpu: u32, fn: u64, a1: u64, a2: u64, a3: u64): u64 {
  if (<u32>fn != BREAK) return shipped(vcpu, fn, a1, a2, a3)
  switch (<u32>a1) {
    case Fault.WriteBehind:
      store<u64>(FAR_BEHIND, a2) // Fault.WriteBehind
      break
    case Fault.WriteGuard:
      store<u64>(LAST, a2, INTO_GUARD) // Fault.WriteGuard
      break
    case Fault.WriteNull:
      store<u64>(<usize>a2, a2) // Fault.WriteNull
      break
    case Fault.FillBehind:
      memory.fill(FAR_BEHIND, 1, 0x2000) // Fault.FillBehind
      break
    case Fault.Divide:
      return a1 / a2 // Fault.Divide
    case Fault.Overflow:
      return <u64>(i64.MIN_VALUE / (<i64>a2 - 1)) // Fault.Overflow
    case Fault.Unreachable:
      unreachable() // Fault.Unreachable
      break
    case Fault.Loop:
      loop() // Fault.Loop
      break
    case Fault.Assert:
      assert(a2 != 0) // Fault.Assert
      break
    case Fault.Lie:
      lie()
      break
    default:
      return shipped(vcpu, fn, a1, a2, a3)
  }
  return 0
}

/** Reads what it writes, so that no optimizer takes it for nothing. */
function loop(): void {
  for (let i: u64 = 1; i != 0; i += 2) store<u64>(SCRATCH, load<u64>(SCRATCH) ^ i) // for ever
}
const SCRATCH = memory.data(8, 8)

/** Asks core for what is not its to ask: interrupts and vCPUs of others, registers that do not exist. */
function lie(): void {
  for (let i: u32 = 0; i < 64; i++) {
    core.kick(i)
    core.setX(i + 31, u64.MAX_VALUE)
    if (core.ramContains(((<u64>i) << 58) | 0x3fff_ffff)) unreachable()
  }
  // The board's console and another CPU's kick are no interrupts of this VM.
  core.deactivate(0)
  core.deactivate(33)
  core.lrWrite(0, ((<u64>1) << 61) | ((<u64>1) << 62) | ((<u64>33) << 32) | 33)
  core.lrWrite(0, 0)
  core.vcpuOn(7, 0x4000_0000, 0)
  core.gicControl(0)
}

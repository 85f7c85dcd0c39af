/** Names of what ends a call: abi/compartment.ts's TRAP_*. */
import {
  TRAP_ASSERT,
  TRAP_DIVIDE_BY_ZERO,
  TRAP_FUEL,
  TRAP_INDIRECT_CALL,
  TRAP_MEMORY,
  TRAP_OUT_OF_BOUNDS,
  TRAP_OVERFLOW,
  TRAP_UNREACHABLE,
} from '../abi/compartment'

export function trapName(code: u32): string {
  switch (code) {
    case TRAP_UNREACHABLE:
      return 'unreachable code'
    case TRAP_DIVIDE_BY_ZERO:
      return 'division by zero'
    case TRAP_OVERFLOW:
      return 'integer overflow'
    case TRAP_OUT_OF_BOUNDS:
      return 'access out of bounds'
    case TRAP_INDIRECT_CALL:
      return 'indirect call'
    case TRAP_FUEL:
      return 'it took too long'
    case TRAP_ASSERT:
      return 'assertion'
    case TRAP_MEMORY:
      return 'memory fault'
  }
  return 'trap'
}

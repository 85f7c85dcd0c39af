/** The core module of the test build: what ships, and behind one hypercall a way to break it for each number in x1. */
import { onHypercall as shipped } from '../../src/core/main'
import { Vcpu } from '../../src/core/vcpu'
import { BREAK, CoreFault } from './fault'

// All but what this file has of its own.
export * from '../../src/core/main'

/** The highest address that core can name, and nothing is mapped there. */
const FAR: usize = 0xffff_fff8

export function onHypercall(at: usize): usize {
  const vcpu = changetype<Vcpu>(at)
  if (<u32>vcpu.x0 != BREAK) return shipped(at)
  if (vcpu.x1 == CoreFault.Trap) unreachable() // CoreFault.Trap
  if (vcpu.x1 == CoreFault.WriteNull) store<u64>(<usize>vcpu.x2, 1) // CoreFault.WriteNull
  if (vcpu.x1 == CoreFault.WriteFar) store<u64>(FAR + <usize>vcpu.x2, 1) // CoreFault.WriteFar
  return shipped(at)
}

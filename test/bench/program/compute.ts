/** Work that needs nothing but the CPU. */

let state: u32 = 1

/** Xorshift: nothing that a compiler would work out beforehand. */
export function compute(steps: u32): void {
  let x = state
  for (let i: u32 = 0; i < steps; i++) {
    x ^= x << 13
    x ^= x >> 17
    x ^= x << 5
  }
  state = x
}

/** Which extensions of the hypervisor the bundle brought. Boot only writes here; whoever is about to call into one asks. */

let present: u32 = 0

export function hasExtension(number: u32): bool {
  return (present & (1 << number)) != 0
}

export function markPresent(number: u32): void {
  present |= 1 << number
}

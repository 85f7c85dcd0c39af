/** The faults that a test build can be asked for, in numbers for both sides of the hypercall. */

/** A vendor's fast call (DEN 0028, "Function Identifier Ranges") that nothing answers in the product. */
export const BREAK: u32 = 0xc600_ffff

export const enum Fault {
  WriteBehind = 1,
  WriteGuard = 2,
  WriteNull = 3,
  FillBehind = 4,
  Divide = 5,
  Overflow = 6,
  Unreachable = 7,
  Loop = 8,
  Assert = 9,
  Lie = 10,
}

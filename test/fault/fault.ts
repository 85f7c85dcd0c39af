/** The faults that test builds can be asked for, in numbers for both sides. */

/** A vendor's fast call (DEN 0028, "Function Identifier Ranges") that nothing answers in the product; x1 says which fault. */
export const BREAK: u32 = 0xc600_ffff

/** In the VM's own compartment. */
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

/** In core. */
export const enum CoreFault {
  Trap = 32,
  WriteNull = 33,
  WriteFar = 34,
}

/** In host: bytes that a VM prints. */
export const enum HostFault {
  Trap = 0x81,
  WriteBehind = 0x82,
  Loop = 0x83,
  ForGood = 0x84,
}

/** In net and in uplink: the last byte of the group that a VM sends to. */
export const enum NetFault {
  Trap = 1,
  WriteBehind = 2,
  Loop = 3,
}

/** In storage: the sector of the disk that a VM asks for: blocks of 4 KiB at the end of a partition that begins at 1 MiB and has 1 MiB. */
export const enum StorageFault {
  Trap = 4064,
  WriteBehind = 4072,
  Loop = 4080,
}

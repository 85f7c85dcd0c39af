/** The identification registers of the GIC's frames: those of an Arm GIC of the architecture version, IHI 0069 "Identification registers". */

import { GIC_CIDR0, GIC_CIDR1, GIC_CIDR2, GIC_CIDR3, GIC_PIDR0, GIC_PIDR1, GIC_PIDR2, GIC_PIDR4 } from '../../arch/gicd'
import { machine } from './machine'

/** Product 'B', implementer Arm: there is no code of our own. */
export const IIDR: u32 = 0x4200_043b

const PART_V2: u32 = 0x90
export const PART_GICD: u32 = 0x92
export const PART_GICR: u32 = 0x93

/** The register at `offset`, counted as GIC_ID counts, in a frame of part number `part` (its lower byte). */
export function identification(offset: u32, part: u32): u32 {
  const version = machine().version
  switch (offset) {
    case GIC_PIDR4:
      return version == 2 ? 0x04 : 0x44
    case GIC_PIDR0:
      return version == 2 ? PART_V2 : part
    case GIC_PIDR1:
      return 0xb4
    case GIC_PIDR2:
      return (version << 4) | 0xb
    case GIC_CIDR0:
      return 0x0d
    case GIC_CIDR1:
      return 0xf0
    case GIC_CIDR2:
      return 0x05
    case GIC_CIDR3:
      return 0xb1
    default:
      return 0
  }
}

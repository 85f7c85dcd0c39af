/** Whether what has a fixed address in guest RAM can be there. */
import type { Problem } from '../ui/failure.ts'
import { alignUp, hex } from '../ui/number.ts'
import { type GuestRam, type Spot, spotText } from './guest-ram.ts'

const INSTRUCTION_SIZE = 4
const DTB_ALIGN = 8

/** A flat binary or Image at the address that the config gives. */
export function checkLoad(path: string, spot: Spot, ram: GuestRam): Problem[] {
  if (ram.holds(spot)) return []
  const reason = `the kernel at ${spotText(spot)} is not inside the VM's RAM ${ram}`
  return [{ path: `${path}.load`, reason, remedy: 'choose another address, or give the VM more memory' }]
}

export function checkSegment(path: string, spot: Spot, ram: GuestRam): Problem[] {
  const at = spotText(spot)
  const other = ram.overlap(spot)
  if (other) return [{ path, reason: `its segments ${spotText(other)} and ${at} overlap`, remedy: 'link it again' }]
  if (ram.holds(spot)) return []
  const beyond = spot.address >= ram.base
  const remedy = beyond ? 'give the VM more memory' : `link it for ${hex(ram.base)} or above`
  return [{ path, reason: `its segment ${at} is not inside the VM's RAM ${ram}`, remedy }]
}

export function checkEntry(path: string, entry: number, spots: readonly Spot[]): Problem[] {
  if (entry % INSTRUCTION_SIZE !== 0) {
    const remedy = `write ${hex(entry - (entry % INSTRUCTION_SIZE))}`
    return [{ path: `${path}.entry`, reason: `${hex(entry)} is no multiple of 4, as instructions are`, remedy }]
  }
  if (spots.some(({ address, size }) => entry >= address && entry < address + size)) return []
  const first = spots[0]!
  const reason = `${hex(entry)} is not inside the kernel, ${spotText(first)}`
  return [{ path: `${path}.entry`, reason, remedy: `write an address inside, such as ${hex(first.address)}` }]
}

export function checkDtbAddress(path: string, spot: Spot, ram: GuestRam): Problem[] {
  if (spot.address % DTB_ALIGN !== 0) {
    const remedy = `write ${hex(alignUp(spot.address, DTB_ALIGN))}`
    return [{ path, reason: `${hex(spot.address)} is no multiple of 8, as a DTB needs`, remedy }]
  }
  const remedy = 'choose another address, or leave it out'
  if (!ram.holds(spot)) {
    return [{ path, reason: `the DTB at ${spotText(spot)} is not inside the VM's RAM ${ram}`, remedy }]
  }
  const other = ram.overlap(spot)
  if (!other) return []
  const reason = `the DTB at ${spotText(spot)} overlaps ${other.name} at ${spotText(other)}`
  return [{ path, reason, remedy }]
}

/** core with its inner functions, for property tests: all that main.ts exports, and each part under a name of its own. */
import { DataAbort, SystemRegister } from '../../src/arch/esr'
import { loadAt, vmAt } from '../../src/core/vm'
import { Load } from '../../src/core/vm-part'
import * as fdt from '../../src/lib/fdt'
import { hmacEquals, hmacSha256 } from '../../src/lib/hmac'
import { SHA256_BLOCK, sha256Begin, sha256Matches, sha256Update } from '../../src/lib/sha256'
import { equals } from '../../src/lib/text'

export { idRegister } from '../../src/arch/id'
export { onEntry, vectorOffset } from '../../src/arch/pstate'
export { coreOf, countVms, openBundle } from '../../src/core/bundle'
export { readVm } from '../../src/core/bundle-vm'
export { cpuCount } from '../../src/core/cpu'
export {
  bundlePa,
  bundleSize,
  giccPa,
  gicdPa,
  gichPa,
  gicrPa,
  gicrSize,
  gicVersion,
  gicvPa,
  hasMemory,
  hasPsci,
  keepReserved,
  maintenanceIntid,
  pmPa,
  readConsole,
  readSystem,
  rtcPa,
  setDtb,
  survey,
  uartIntid,
  uartKind,
  uartPa,
} from '../../src/core/machine'
export * from '../../src/core/main'
export {
  addRam,
  allocate,
  largestFree,
  rangeCount,
  rangeEnd,
  rangeStart,
  reachAll,
  reachLargest,
  reserve,
} from '../../src/core/pages'
export { map, unmap } from '../../src/core/stage1'
export { create as newStage2, mapDevice as mapStage2Device, mapRam } from '../../src/core/stage2'
export { mpidrOf, releaseOf } from '../../src/core/topology'
export { closeWindow } from '../../src/core/window'
export { root as treeRoot, size as treeSize } from '../../src/lib/fdt'

export * from './core-schedule'

/** Touches every node and property that a walk finds; a sum of what it saw. */
export function walkTree(tree: usize): u64 {
  return visit(tree, fdt.root(tree), 0)
}

/** Depth is bounded by hand: the modules have no recursion. */
function visit(tree: usize, root: usize, seed: u64): u64 {
  let sum = seed
  for (let a = fdt.firstChild(tree, root); a; a = fdt.nextSibling(tree, a)) {
    sum = look(tree, a, sum)
    for (let b = fdt.firstChild(tree, a); b; b = fdt.nextSibling(tree, b)) {
      sum = look(tree, b, sum)
      for (let c = fdt.firstChild(tree, b); c; c = fdt.nextSibling(tree, c)) sum = look(tree, c, sum)
    }
  }
  return look(tree, root, sum)
}

function look(tree: usize, node: usize, seed: u64): u64 {
  let sum = seed
  if (!node) return sum
  for (let at = fdt.nodeName(node); load<u8>(at); at++) sum = mix(sum, load<u8>(at))
  for (let at = fdt.firstProperty(tree, node); at; at = fdt.nextProperty(tree, at)) {
    const size = fdt.propertySize(at)
    for (let i: u32 = 0; i < size; i++) sum = mix(sum, load<u8>(fdt.propertyData(at) + i))
  }
  sum = mix(sum, fdt.cell(tree, node, 'interrupts', 1, 77))
  sum = mix(sum, fdt.listHolds(tree, node, 'compatible', 'arm,pl011') ? 1 : 2)
  sum = mix(sum, fdt.isNamed(node, 'memory') ? 3 : 4)
  return mix(sum, fdt.child(tree, node, 'cpu@1') ? 5 : 6)
}

function mix(sum: u64, value: u32): u64 {
  return rotl<u64>(sum, 5) * 0x9e37_79b9 + <u64>value
}

/** The child that the `length` bytes at `name` name, from the root. */
export function childOfRoot(tree: usize, name: usize, length: u32): usize {
  return fdt.childNamed(tree, fdt.root(tree), name, length)
}

export function namesMemory(at: usize, limit: usize): bool {
  return equals(at, limit, 'memory')
}

export function decodeAccess(esr: u64): u64 {
  return (
    <u64>DataAbort.size(esr) |
    ((<u64>DataAbort.register(esr)) << 8) |
    ((<u64>(DataAbort.signExtends(esr) ? 1 : 0)) << 16) |
    ((<u64>(DataAbort.is64Bit(esr) ? 1 : 0)) << 17) |
    ((<u64>(DataAbort.isWrite(esr) ? 1 : 0)) << 18) |
    ((<u64>(DataAbort.hasSyndrome(esr) ? 1 : 0)) << 19) |
    ((<u64>(DataAbort.isTranslation(esr) ? 1 : 0)) << 20)
  )
}

export function decodeRegister(esr: u64): u64 {
  return (
    <u64>SystemRegister.name(esr) |
    ((<u64>SystemRegister.register(esr)) << 16) |
    ((<u64>(SystemRegister.isRead(esr) ? 1 : 0)) << 24)
  )
}

/** Field of VM `vm`'s record: 0 RAM's IPA, 1 its size, 2 vCPUs, 3 loads. */
export function vmField(vm: u32, field: u32): u64 {
  const record = vmAt(vm)
  if (field == 0) return record.ramIpa
  if (field == 1) return record.ramSize
  return field == 2 ? record.vcpuCount : record.loadCount
}

/** Field of one of its images: 0 where it is, 1 its length, 2 where it goes, 3 the kind of its hash. */
export function loadField(vm: u32, index: u32, field: u32): u64 {
  const record: Load = loadAt(vmAt(vm), index)
  if (field == 0) return record.pa
  if (field == 1) return record.length
  return field == 2 ? record.ipa : record.hashKind
}

/** In two pieces, the first of `first` whole blocks. */
export function sha256Is(va: u64, length: u64, first: u64, expected: usize, work: usize): bool {
  const blocks = length / SHA256_BLOCK
  const begin = min(first, blocks) * SHA256_BLOCK
  const whole = blocks * SHA256_BLOCK
  sha256Begin(work)
  sha256Update(work, va, begin)
  sha256Update(work, va + begin, whole - begin)
  return sha256Matches(work, va + whole, <u32>(length - whole), length, expected)
}

/** Before `readVm`, what a fresh page would hold. */
export function clearVm(vm: u32): void {
  memory.fill(changetype<usize>(vmAt(vm)), 0, 4096)
}

/** Key, message, and 32 bytes for what comes out, at these places of the module's memory. */
export function hmac(key: usize, keySize: u32, at: usize, length: u32, to: usize, work: usize): void {
  hmacSha256(work, key, keySize, at, length, to)
}

export function sameHash(one: usize, other: usize): bool {
  return hmacEquals(one, other)
}

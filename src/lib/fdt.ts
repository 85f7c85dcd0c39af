/**
 * Reads a flattened device tree (Devicetree Specification, "Flattened Devicetree (DTB) Format") where it lies in memory.
 * A node is the address of its FDT_BEGIN_NODE token, a property that of its FDT_PROP token; 0 is "none". Whatever the blob
 * says, no byte outside `[fdt, fdt + size)` is read and every walk ends.
 */
import { equals, lengthWithin } from './text'

const MAGIC: u32 = 0xd00dfeed
const HEADER: u32 = 40
const VERSION: u32 = 17
const BEGIN_NODE: u32 = 1
const END_NODE: u32 = 2
const PROP: u32 = 3
const NOP: u32 = 4

/** Total size in bytes, or 0 if `fdt` does not hold a tree of a version that we read within `limit` bytes. */
export function size(fdt: usize, limit: u32): u32 {
  if (limit < HEADER || word(fdt) != MAGIC) return 0
  const total = word(fdt + 4)
  if (total < HEADER || total > limit) return 0
  if (word(fdt + 20) < VERSION || word(fdt + 24) > VERSION) return 0
  const structure = word(fdt + 8)
  const strings = word(fdt + 12)
  if (structure & 3 || structure > total || word(fdt + 36) > total - structure) return 0
  if (strings > total || word(fdt + 32) > total - strings) return 0
  return total
}

/** The big-endian cell at `at`. */
export function word(at: usize): u32 {
  return bswap(load<u32>(at))
}

export function root(fdt: usize): usize {
  return childFrom(fdt + word(fdt + 8), end(fdt))
}

export function firstChild(fdt: usize, node: usize): usize {
  const limit = end(fdt)
  return childFrom(afterName(node + 4, limit), limit)
}

export function nextSibling(fdt: usize, node: usize): usize {
  const limit = end(fdt)
  let depth: u32 = 0
  let at = node
  while (at < limit) {
    const kind = word(at)
    if (kind == BEGIN_NODE) depth++
    else if (kind == END_NODE) depth--
    at = after(at, limit, kind)
    if (depth == 0) return childFrom(at, limit)
  }
  return 0
}

/** Address of the node's name, NUL-terminated within the structure block. */
export function nodeName(node: usize): usize {
  return node + 4
}

/** Whether the node has this name, its unit address aside. */
export function isNamed(node: usize, name: string): bool {
  // The name ends within the structure block, so a comparison never runs past it.
  return equals(node + 4, usize.MAX_VALUE, name) || equals(node + 4, usize.MAX_VALUE, name, 0x40)
}

/** The child with this name, the unit address counting only where `name` has one. */
export function child(fdt: usize, node: usize, name: string): usize {
  for (let at = firstChild(fdt, node); at; at = nextSibling(fdt, at)) if (isNamed(at, name)) return at
  return 0
}

export function firstProperty(fdt: usize, node: usize): usize {
  const limit = end(fdt)
  return propertyFrom(afterName(node + 4, limit), limit)
}

export function nextProperty(fdt: usize, property: usize): usize {
  const limit = end(fdt)
  return propertyFrom(after(property, limit, PROP), limit)
}

export function property(fdt: usize, node: usize, name: string): usize {
  const strings = fdt + word(fdt + 12)
  const stringsSize = word(fdt + 32)
  const limit = end(fdt)
  let at = propertyFrom(afterName(node + 4, limit), limit)
  for (; at; at = propertyFrom(after(at, limit, PROP), limit)) {
    const offset = word(at + 8)
    if (offset < stringsSize && equals(strings + offset, strings + stringsSize, name)) break
  }
  return at
}

export function propertySize(property: usize): u32 {
  return word(property + 4)
}

export function propertyData(property: usize): usize {
  return property + 12
}

/** Cell `index` of a property, or `fallback` where there is no such property or cell. */
export function cell(fdt: usize, node: usize, name: string, index: u32, fallback: u32): u32 {
  const at = property(fdt, node, name)
  if (!at || propertySize(at) >> 2 <= index) return fallback
  return word(at + 12 + ((<usize>index) << 2))
}

/** `count` (0 to 2) cells at `at` as one number. */
export function cells(at: usize, count: u32): u64 {
  return count == 0 ? 0 : count == 1 ? <u64>word(at) : ((<u64>word(at)) << 32) | <u64>word(at + 4)
}

/** Whether a string list such as `compatible` holds `name`. */
export function listHolds(fdt: usize, node: usize, list: string, name: string): bool {
  const found = property(fdt, node, list)
  if (!found) return false
  const limit = found + 12 + propertySize(found)
  for (let at = found + 12; at < limit; ) {
    if (equals(at, limit, name)) return true
    const length = lengthWithin(at, limit)
    if (length < 0) return false
    at += <usize>length + 1
  }
  return false
}

/** The property whose name is the `length` bytes at `name`. */
export function propertyNamed(fdt: usize, node: usize, name: usize, length: u32): usize {
  const strings = fdt + word(fdt + 12)
  const limit = strings + word(fdt + 32)
  for (let at = firstProperty(fdt, node); at; at = nextProperty(fdt, at)) {
    const known = strings + word(at + 8)
    if (known < strings || known >= limit || lengthWithin(known, limit) != <i32>length) continue
    let i: u32 = 0
    while (i < length && load<u8>(known + i) == load<u8>(name + i)) i++
    if (i == length) return at
  }
  return 0
}

/** Whether the node's device is there and ours to use. Devicetree Specification, "status". */
export function isOkay(fdt: usize, node: usize): bool {
  return (
    !property(fdt, node, 'status') || listHolds(fdt, node, 'status', 'okay') || listHolds(fdt, node, 'status', 'ok')
  )
}

/** The child whose name is the `length` bytes at `name`, with or without a unit address. */
export function childNamed(fdt: usize, node: usize, name: usize, length: u32): usize {
  for (let at = firstChild(fdt, node); at; at = nextSibling(fdt, at)) {
    let i: u32 = 0
    // The node's name ends inside the tree: whatever has a NUL in it is no name, and would lead on from there.
    while (i < length && load<u8>(name + i) && load<u8>(at + 4 + i) == load<u8>(name + i)) i++
    if (i < length) continue
    const next = load<u8>(at + 4 + length)
    if (next == 0 || next == 0x40) return at
  }
  return 0
}

/** End of the structure block, in whole cells. */
function end(fdt: usize): usize {
  return fdt + word(fdt + 8) + (word(fdt + 36) & ~3)
}

/** Where the token after this one begins, or `limit` if it is not whole or not a token inside a node. */
function after(at: usize, limit: usize, kind: u32): usize {
  if (kind == PROP) {
    if (limit - at < 12) return limit
    const size = propertySize(at)
    return size > <u32>(limit - at - 12) ? limit : at + 12 + ((<usize>size + 3) & ~3)
  }
  if (kind == BEGIN_NODE) return afterName(at + 4, limit)
  return kind == END_NODE || kind == NOP ? at + 4 : limit
}

/** Names are padded with zeroes to whole cells: the first cell whose last byte is zero ends the name. */
function afterName(name: usize, limit: usize): usize {
  let at = name
  while (at < limit && load<u8>(at + 3)) at += 4
  return at < limit ? at + 4 : limit
}

/** The first property at or after `from` in its node, all of it inside the tree. */
function propertyFrom(from: usize, limit: usize): usize {
  let at = from
  while (at < limit && word(at) == NOP) at += 4
  return at < limit && word(at) == PROP && fits(at, limit) ? at : 0
}

function fits(property: usize, limit: usize): bool {
  return limit - property >= 12 && propertySize(property) <= <u32>(limit - property - 12)
}

/** The first node at or after `from` before the parent ends. */
function childFrom(from: usize, limit: usize): usize {
  let at = from
  while (at < limit) {
    const kind = word(at)
    if (kind == BEGIN_NODE) return after(at, limit, kind) < limit ? at : 0
    if (kind != PROP && kind != NOP) return 0
    at = after(at, limit, kind)
  }
  return 0
}

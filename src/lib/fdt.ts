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
  const at = skipNops(fdt, fdt + word(fdt + 8))
  return token(fdt, at) == BEGIN_NODE ? at : 0
}

export function firstChild(fdt: usize, node: usize): usize {
  return childFrom(fdt, afterName(fdt, node))
}

export function nextSibling(fdt: usize, node: usize): usize {
  let depth: u32 = 0
  let at = node
  while (true) {
    const kind = token(fdt, at)
    if (kind == BEGIN_NODE) depth++
    else if (kind == END_NODE) {
      depth--
      if (depth == 0) return childFrom(fdt, at + 4)
    } else if (kind != PROP && kind != NOP) return 0
    at = after(fdt, at, kind)
  }
}

/** Address of the node's name, NUL-terminated within the structure block. */
export function nodeName(node: usize): usize {
  return node + 4
}

/** The child with this name, the unit address counting only where `name` has one. */
export function child(fdt: usize, node: usize, name: string): usize {
  const limit = end(fdt)
  for (let at = firstChild(fdt, node); at; at = nextSibling(fdt, at)) {
    if (equals(at + 4, limit, name) || equals(at + 4, limit, name, 0x40)) return at
  }
  return 0
}

export function firstProperty(fdt: usize, node: usize): usize {
  const at = skipNops(fdt, afterName(fdt, node))
  return token(fdt, at) == PROP ? at : 0
}

export function nextProperty(fdt: usize, property: usize): usize {
  const at = skipNops(fdt, after(fdt, property, PROP))
  return token(fdt, at) == PROP ? at : 0
}

export function property(fdt: usize, node: usize, name: string): usize {
  const strings = fdt + word(fdt + 12)
  const stringsSize = word(fdt + 32)
  for (let at = firstProperty(fdt, node); at; at = nextProperty(fdt, at)) {
    const offset = word(at + 8)
    if (offset < stringsSize && equals(strings + offset, strings + stringsSize, name)) return at
  }
  return 0
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

/** The node that the absolute path of `length` bytes at `path` names. */
export function nodeAt(fdt: usize, path: usize, length: u32): usize {
  let node = root(fdt)
  let from: u32 = 0
  while (node && from < length) {
    if (load<u8>(path + from) == 0x2f) {
      from++
      continue
    }
    let to = from
    while (to < length && load<u8>(path + to) != 0x2f) to++
    node = childNamed(fdt, node, path + from, to - from)
    from = to
  }
  return node
}

/** The child whose name is the `length` bytes at `name`, with or without a unit address. */
export function childNamed(fdt: usize, node: usize, name: usize, length: u32): usize {
  for (let at = firstChild(fdt, node); at; at = nextSibling(fdt, at)) {
    let i: u32 = 0
    while (i < length && load<u8>(at + 4 + i) == load<u8>(name + i)) i++
    if (i < length) continue
    const next = load<u8>(at + 4 + length)
    if (next == 0 || next == 0x40) return at
  }
  return 0
}

function end(fdt: usize): usize {
  return fdt + word(fdt + 8) + word(fdt + 36)
}

/** The token at `at`, whole with its payload, or 0. */
function token(fdt: usize, at: usize): u32 {
  const limit = end(fdt)
  if (at + 4 > limit) return 0
  const kind = word(at)
  if (kind == PROP && (at + 12 > limit || word(at + 4) > <u32>(limit - at - 12))) return 0
  if (kind == BEGIN_NODE && lengthWithin(at + 4, limit) < 0) return 0
  return kind
}

/** Where the token after this one, already checked by `token`, begins. */
function after(fdt: usize, at: usize, kind: u32): usize {
  if (kind == BEGIN_NODE) return afterName(fdt, at)
  if (kind == PROP) return at + 12 + ((propertySize(at) + 3) & ~3)
  return at + 4
}

function afterName(fdt: usize, node: usize): usize {
  return node + 4 + ((<usize>lengthWithin(node + 4, end(fdt)) + 4) & ~3)
}

function skipNops(fdt: usize, from: usize): usize {
  let at = from
  while (token(fdt, at) == NOP) at += 4
  return at
}

/** The first node at or after `from` before the parent ends. */
function childFrom(fdt: usize, from: usize): usize {
  let at = from
  while (true) {
    const kind = token(fdt, at)
    if (kind == BEGIN_NODE) return at
    if (kind != PROP && kind != NOP) return 0
    at = after(fdt, at, kind)
  }
}

/**
 * A console's ports, and how their output shares the VM's one line to the board's console. The port that has the keyboard prints as
 * it likes; what the others print goes out in whole lines, each behind its port's name, and never into the middle of another's.
 */

import { byteOf } from '../../lib/literal'
import * as core from '../core'

/** Of a console, its own among them; the schema says so too. */
export const PORTS_MOST: u32 = 4
/** What a bundle says of a port beyond its own: a name, NUL-padded, and 1 in the last byte if it is a console; in two settings. */
export const PORT_RECORD: u32 = 12
export const PORT_NAME_SIZE: u32 = PORT_RECORD - 1
const PIECE: u32 = PORT_RECORD / 2

/** Text of an unfinished line; a longer one goes out in several. */
const LINE_MOST: u32 = 96
const LINE_SHIFT: u32 = 7

@unmanaged
class Output {
  /** Pieces of records that have come. */
  pieces: u32
  /** Bytes of `ready`, and those of them that host took. */
  size: u32
  done: u32
  /** The port that is within a line which host has begun, plus 1. */
  within: u32
}

const at = memory.data(64, 64)
const records = memory.data(64, 16)
const lines = memory.data(512, 64)
const sizes = memory.data(16, 4)
/** A line on its way to host. */
const ready = memory.data(128, 16)
if (PORTS_MOST << LINE_SHIFT > 512 || PORTS_MOST << 2 > 16 || PORTS_MOST * PORT_RECORD > 64)
  ERROR('more ports than memory')
if (LINE_MOST + PORT_NAME_SIZE + 4 > 128) ERROR('a line and its name need more memory')

/** What port 0 is called where the others have names. */
const FIRST = 'console'
const FIRST_LENGTH: u32 = 7
const LINE_FEED: u32 = 0x0a
const CARRIAGE_RETURN: u32 = 0x0d

function own(): Output {
  return changetype<Output>(at)
}

/** Six more bytes of the ports' records, before the guest runs. True: a further port is known. */
export function addPiece(piece: u64): bool {
  const pieces = own().pieces
  if (pieces == (PORTS_MOST - 1) * 2) return false
  for (let i: u32 = 0; i < PIECE; i++) store<u8>(records + pieces * PIECE + i, <u8>(piece >> (i << 3)))
  own().pieces = pieces + 1
  return (pieces & 1) != 0
}

/** All of them, port 0 too. */
export function portCount(): u32 {
  return (own().pieces >> 1) + 1
}

/** Of ports from 1 on: `PORT_NAME_SIZE` bytes, NUL-padded. */
export function nameOf(port: u32): usize {
  return records + (port - 1) * PORT_RECORD
}

export function nameLength(port: u32): u32 {
  let length: u32 = 0
  while (length < PORT_NAME_SIZE && load<u8>(nameOf(port) + length)) length++
  return length
}

export function isConsole(port: u32): bool {
  return port == 0 || load<u8>(nameOf(port) + PORT_NAME_SIZE) != 0
}

/** To host, eight bytes at a call; how many it took. */
export function write(from: usize, length: u32): u32 {
  let done: u32 = 0
  while (done < length) {
    const count = min<u32>(length - done, 8)
    const taken = min(core.consoleWrite(load<u64>(from + done), count), count)
    done += taken
    if (taken < count) break
  }
  return done
}

/** The rest of a line that host did not take at once. False: it still has no room for all of it, and nothing else may go. */
export function drain(): bool {
  const out = own()
  if (out.size == 0) return true
  out.done += write(ready + out.done, out.size - out.done)
  if (out.done < out.size) return false
  out.size = out.done = 0
  return true
}

/** What the port with the keyboard prints, behind what it had begun before it got that. How many bytes host took. */
export function printRaw(port: u32, from: usize, length: u32): u32 {
  if (load<u32>(sizes + (port << 2))) endLine(port)
  else if (own().within && own().within != port + 1) endOther()
  if (!drain()) return 0
  const taken = write(from, length)
  if (taken) own().within = load<u8>(from + taken - 1) != LINE_FEED ? port + 1 : 0
  return taken
}

/** What another port prints. How many bytes found their way into its lines: fewer once one waits for host. */
export function printLines(port: u32, from: usize, length: u32): u32 {
  for (let i: u32 = 0; i < length; i++) {
    if (!drain()) return i
    const ch: u32 = load<u8>(from + i)
    if (ch == LINE_FEED) endLine(port)
    else if (ch != CARRIAGE_RETURN) append(port, ch)
  }
  return length
}

function append(port: u32, ch: u32): void {
  const size = load<u32>(sizes + (port << 2))
  store<u8>(lines + (port << LINE_SHIFT) + size, <u8>ch)
  store<u32>(sizes + (port << 2), size + 1)
  if (size + 1 == LINE_MOST) endLine(port)
}

/** The port's line is whole. Only after `drain` said that there is none on its way. */
function endLine(port: u32): void {
  const out = own()
  endOther()
  const length = port == 0 ? FIRST_LENGTH : nameLength(port)
  for (let i: u32 = 0; i < length; i++) push(port == 0 ? byteOf(FIRST, i) : load<u8>(nameOf(port) + i))
  push(0x3a)
  push(0x20)
  const size = load<u32>(sizes + (port << 2))
  memory.copy(ready + out.size, lines + (port << LINE_SHIFT), size)
  out.size += size
  push(LINE_FEED)
  store<u32>(sizes + (port << 2), 0)
  drain()
}

/** The line that host has begun ends here. */
function endOther(): void {
  if (own().within) push(LINE_FEED)
  own().within = 0
}

function push(ch: u32): void {
  store<u8>(ready + own().size++, <u8>ch)
}

/** The driver is gone, and with it what its ports were about to print. What host has begun to take goes on. */
export function forget(): void {
  memory.fill(sizes, 0, PORTS_MOST << 2)
  own().within = 0
}

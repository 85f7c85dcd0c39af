/** Extensions of the hypervisor as a bundle brings them (doc/extensions.md). */

import { DEVICE_SIGNS, DEVICE_WATCHDOG } from '../../src/abi/compartment.ts'
import {
  EXTENSION_BOARD,
  EXTENSION_BREAKPOINT,
  EXTENSION_BUILD,
  EXTENSION_CONTROL,
  EXTENSION_DEBUG,
  EXTENSION_HEADER,
  EXTENSION_LIFE,
  EXTENSION_LITERALS,
  EXTENSION_MAGIC,
  EXTENSION_NETWORK,
  EXTENSION_SHARE,
  EXTENSION_SIZE,
  EXTENSION_STORAGE,
  EXTENSION_TEXT,
  EXTENSION_VIRTIO,
} from '../../src/abi/extension.ts'
import type { FakeVm } from './bundle.ts'
import { PAGE } from './physical.ts'

/** Virtio 1.2, "Device Types". */
const NETWORK = 1
const SOCKET = 19

/** What ties extensions to the image; the pretend machine's. */
export const BUILD = 0x0123_4567_89ab_cdefn

/** Of LITERALS_CORE and its like, in their order. */
interface FakeLiterals {
  module: number
  at: number
  words: string
}

/** An extension as the linker makes it, of one page of text and one of constants. */
export function extension(
  number: number,
  { magic = EXTENSION_MAGIC, text = PAGE, size = 2 * PAGE, build = BUILD, literals = [] as FakeLiterals[] } = {},
): Buffer {
  const bytes = Buffer.alloc(2 * PAGE, 0xe7)
  bytes.writeUInt32LE(magic, 0)
  bytes.writeUInt32LE(number, 4)
  bytes.writeBigUInt64LE(BigInt(text), EXTENSION_TEXT)
  bytes.writeBigUInt64LE(BigInt(size), EXTENSION_SIZE)
  bytes.writeBigUInt64LE(build, EXTENSION_BUILD)
  // A module under test on the desk has all its texts.
  bytes.fill(0, EXTENSION_LITERALS, EXTENSION_HEADER)
  let from = text
  for (const { module, at, words } of literals) {
    bytes.writeUInt32LE(at, EXTENSION_LITERALS + 8 * module)
    bytes.writeUInt32LE(words.length, EXTENSION_LITERALS + 8 * module + 4)
    from += bytes.write(words, from)
  }
  return bytes
}

/** Those without which the VMs are refused. */
export function needed(vms: Record<string, FakeVm>, control: boolean, shares = false): Record<string, Buffer> {
  const list = Object.values(vms)
  return {
    ...(shares && { share: extension(EXTENSION_SHARE) }),
    ...((shares || list.some(({ virtio, disks }) => virtio || disks)) && { virtio: extension(EXTENSION_VIRTIO) }),
    ...(control && { control: extension(EXTENSION_CONTROL) }),
    ...(list.some(({ board, identity, critical, disks }) => board || identity || critical || isStored(disks)) && {
      board: extension(EXTENSION_BOARD),
    }),
    ...(list.some(({ virtio }) => virtio?.some((type) => type === NETWORK || type === SOCKET)) && {
      network: extension(EXTENSION_NETWORK),
    }),
    ...(list.some(
      ({ devices = 0, awaits, template }) => devices & (DEVICE_WATCHDOG | DEVICE_SIGNS) || awaits || template,
    ) && {
      life: extension(EXTENSION_LIFE),
    }),
    ...(list.some(({ disks }) => isStored(disks)) && { storage: extension(EXTENSION_STORAGE) }),
    ...(list.some(({ debug }) => debug) && {
      debug: extension(EXTENSION_DEBUG),
      breakpoint: extension(EXTENSION_BREAKPOINT),
    }),
  }
}

function isStored(disks: FakeVm['disks'] = []): boolean {
  return disks.some((disk) => 'storage' in disk)
}

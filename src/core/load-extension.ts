/** Extensions out of the bundle into EL2's address space, where the linker put them. Their pages stay where the boot loader
 * laid them: nothing has a writable mapping of the bundle. Boot only. */
import {
  EXTENSION_BUILD,
  EXTENSION_HEADER,
  EXTENSION_MAGIC,
  EXTENSION_SIZE,
  EXTENSION_TEXT,
  LITERALS_CORE,
} from '../abi/extension'
import { EXTENSION_STRIDE, EXTENSION_VA, MAX_EXTENSIONS, PAGE_SIZE } from '../abi/layout'
import { EL2_READ_ONLY, EL2_TEXT } from '../arch/descriptor'
import * as hw from '../hw'
import { isEmpty } from '../lib/literal'
import { SHA256_WORK } from '../lib/sha256'
import { directVa } from './address'
import { readExtension } from './bundle'
import { hasExtension, layLiterals, markPresent } from './extension'
import { isIntact } from './integrity'
import { NO_MEMORY } from './pages'
import { map } from './stage1'
import { Load } from './vm-part'

/** Boot only: room for what is looked at in the bundle. */
export const image = changetype<Load>(memory.data(offsetof<Load>(), 8))
export const work = memory.data(SHA256_WORK, 8)

/** What is wrong, or '' if nothing is. */
export function loadExtensions(): string {
  for (let i: u32 = 0; i < <u32>MAX_EXTENSIONS; i++) {
    const problem = readExtension(i, image)
    if (!isEmpty(problem)) return problem
    if (!image.length) break
    const refusal = place(directVa(image.pa))
    if (!isEmpty(refusal)) return refusal
  }
  layLiterals(LITERALS_CORE, 0)
  return ''
}

/** Maps the extension at `va`, an address of the direct map. */
function place(va: u64): string {
  if (image.pa & (PAGE_SIZE - 1)) return 'the bundle does not begin at a multiple of 4 KiB'
  if (image.length < <u64>EXTENSION_HEADER || !isIntact(image, work)) return 'an extension is damaged'
  const kind = hw.load64(va)
  const number = <u32>(kind >> 32)
  const text = hw.load64(va + EXTENSION_TEXT)
  const size = hw.load64(va + EXTENSION_SIZE)
  if (<u32>kind !== EXTENSION_MAGIC || number >= <u32>MAX_EXTENSIONS) return 'an extension is damaged'
  if (hw.load64(va + EXTENSION_BUILD) !== hw.build()) return 'an extension is of another build of the hypervisor'
  if (hasExtension(number)) return 'an extension is there twice'
  if (!isPages(text) || !isPages(size) || text > size || size > <u64>EXTENSION_STRIDE || size > image.length)
    return 'an extension is damaged'
  const at: u64 = EXTENSION_VA + <u64>number * EXTENSION_STRIDE
  // What will be fetched must not wait in the data cache. DDI 0487, "Synchronization and coherency issues between data and
  // instruction accesses".
  hw.clean(va, size)
  hw.ic_ialluis()
  if (!map(at, image.pa, text, EL2_TEXT) || !map(at + text, image.pa + text, size - text, EL2_READ_ONLY))
    return NO_MEMORY
  markPresent(number)
  return ''
}

function isPages(size: u64): bool {
  return size > 0 && !(size & (PAGE_SIZE - 1))
}

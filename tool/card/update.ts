/** A new system into one slot of a card that holds another: written and read back before the selector names it, by one sector. */
import { open, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SD_KERNEL } from '../config/board.ts'
import { contentSize, type FatFile, fatNames, fatText, SECTOR } from '../image/fat.ts'
import { type Layout, readTable, slotRoom, writeSelectorImage, writeSlotImage } from '../image/sd.ts'
import { newestOf, otherSlot, SELECTOR, type Slot, slotText } from '../image/slot.ts'
import { UserError } from '../ui/failure.ts'
import { sizeText } from '../ui/number.ts'
import { type Copy, writeCard } from './write.ts'

/** What is on the card, and what an update makes of it. */
export interface Plan {
  layout: Layout
  /** It gets the new system. */
  slot: Slot
  /** It keeps what it has, which the board goes back to; undefined: there is none. */
  fallback: Slot | undefined
}

export type Target = Pick<Copy, 'target' | 'isDevice' | 'signal' | 'note'>

/** `slot`: where a person wants the new system; otherwise it replaces the older one. Throws a UserError for any other card than ours. */
export async function planUpdate(target: string, slot?: Slot): Promise<Plan> {
  const layout = readTable(await firstSector(target))
  const anew = 'write it anew, without --update'
  if (!layout) throw new UserError(`${target} is no card of ours with two slots; ${anew}`)
  const selector = await fatText({ image: target, ...layout.selector }, SELECTOR)
  const newest = selector === undefined ? undefined : newestOf(selector)
  if (!newest) throw new UserError(`${target} does not say which slot it boots: its ${SELECTOR} is damaged; ${anew}`)
  const chosen = slot ?? otherSlot(newest)
  const other = otherSlot(chosen)
  const names = await fatNames({ image: target, ...layout[other] })
  return { layout, slot: chosen, fallback: names?.includes(SD_KERNEL) ? other : undefined }
}

async function firstSector(target: string): Promise<Buffer> {
  const handle = await open(target)
  try {
    return (await handle.read(Buffer.alloc(SECTOR), 0, SECTOR, 0)).buffer
  } finally {
    await handle.close()
  }
}

/** Scratch files go into `folder`. The order is what makes a cut of power harmless. */
export async function writeUpdate(
  to: Target,
  { layout, slot, fallback }: Plan,
  files: readonly FatFile[],
  folder: string,
): Promise<void> {
  const [size, room] = [await contentSize(files), slotRoom(layout)]
  if (size > room) {
    throw new UserError(
      `the system has ${sizeText(size)}, ${slotText(slot)} ${sizeText(room)}; write the card anew, without --update`,
    )
  }
  const part = join(folder, 'slot.img')
  try {
    await writeSlotImage(part, { layout, slot, fallback }, files, to.note)
    const { start, size } = layout[slot]
    await writeCard({ ...to, image: part, at: start, size })
    await writeSelectorImage(part, layout, slot)
    await select(to, part, layout)
  } finally {
    await rm(part, { force: true })
  }
}

/** The selector's sectors that are not as they should be: one, or none if it names the slot already. */
async function select(to: Target, image: string, { selector }: Layout): Promise<void> {
  const wanted = await contents(image, 0, selector.size)
  const found = await contents(to.target, selector.start, selector.size)
  for (let at = 0; at < selector.size; at += SECTOR) {
    const sector = wanted.subarray(at, at + SECTOR)
    if (sector.equals(found.subarray(at, at + SECTOR))) continue
    await writeFile(image, sector)
    await writeCard({ ...to, image, at: selector.start + at, size: SECTOR })
  }
}

async function contents(file: string, start: number, size: number): Promise<Buffer> {
  const handle = await open(file)
  try {
    const bytes = Buffer.alloc(size)
    for (let done = 0; done < size; ) {
      const { bytesRead } = await handle.read(bytes, done, size - done, start + done)
      if (bytesRead === 0) throw new UserError(`${file} is shorter than its partition table says; take another card`)
      done += bytesRead
    }
    return bytes
  } finally {
    await handle.close()
  }
}

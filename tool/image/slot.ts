/**
 * The two systems of an SD card: each in a partition of its own, and a third, the first, whose autoboot.txt names the newer one.
 * Raspberry Pi documentation, "config.txt", "autoboot.txt"; doc/why/two-slots.md.
 */
import type { FatFile } from './fat.ts'

export const SLOTS = ['a', 'b'] as const
export type Slot = (typeof SLOTS)[number]

export const SELECTOR = 'autoboot.txt'
/** MBR's partitions count from 1, and the first is the selector's. */
const PARTITION: Record<Slot, number> = { a: 2, b: 3 }
/** What src/core/firmware.ts looks for. */
const FALLBACK = 'bulkhead.fallback='

export function otherSlot(slot: Slot): Slot {
  return slot === 'a' ? 'b' : 'a'
}

/** For people: `slot B (partition 3)`. */
export function slotText(slot: Slot): string {
  return `slot ${slot.toUpperCase()} (partition ${PARTITION[slot]})`
}

/** The selector's only file. It is of the same length for both, and `reboot "0 tryboot"` boots the other one once. */
export function selectorFile(newest: Slot): FatFile {
  const other = PARTITION[otherSlot(newest)]
  const text = `[all]\ntryboot_a_b=1\nboot_partition=${PARTITION[newest]}\n[tryboot]\nboot_partition=${other}\n`
  return { name: SELECTOR, text }
}

/** The slot that a selector names, undefined if it names none. */
export function newestOf(text: string): Slot | undefined {
  const all = /^\[all\]\n(?:[a-z].*\n)*?boot_partition=(\d+)$/m.exec(text)
  return SLOTS.find((slot) => String(PARTITION[slot]) === all?.[1])
}

/** The hypervisor's command line in a slot: where to go back to, if anywhere. */
export function commandLineFile(fallback: Slot | undefined): FatFile {
  return { name: 'cmdline.txt', text: fallback ? `${FALLBACK}${PARTITION[fallback]}\n` : '\n' }
}

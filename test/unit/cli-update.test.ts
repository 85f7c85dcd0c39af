/** An update of a card: which slot gets the new system, what stays as it was, what a cut in between leaves. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Plan, planUpdate, writeUpdate } from '../../tool/card/update.ts'
import { type FatFile, fatNames, fatText } from '../../tool/image/fat.ts'
import { readTable, writeSdImage } from '../../tool/image/sd.ts'
import type { Slot } from '../../tool/image/slot.ts'
import { bulkhead } from '../fake/command-line.ts'

const MiB = 2 ** 20
const folder = mkdtempSync(join(tmpdir(), 'bulkhead-update-'))
const card = join(folder, 'card.img')
const silent = () => {}

const system = (name: string): FatFile[] => [
  { name: 'bulkhead.img', text: `hypervisor of ${name}` },
  { name: 'bundle.itb', text: name.repeat(5000) },
]
const layout = () => readTable(read(0, 512))!
const bytesOf = (part: 'selector' | Slot) => read(layout()[part].start, layout()[part].size)
function read(start: number, size: number): Buffer {
  const bytes = Buffer.alloc(size)
  const handle = openSync(card, 'r')
  readSync(handle, bytes, 0, size, start)
  closeSync(handle)
  return bytes
}
const text = (part: 'selector' | Slot, name: string) => fatText({ image: card, ...layout()[part] }, name)

async function update(
  name: string,
  slot?: Slot,
  signal = new AbortController().signal,
  note: (text: string) => void = silent,
): Promise<Plan> {
  const plan = await planUpdate(card, slot)
  await writeUpdate({ target: card, isDevice: false, signal, note }, plan, system(name), folder)
  return plan
}

const KEPT = Buffer.alloc(MiB, 'what a VM keeps on the card')
let kept = 0
beforeAll(async () => {
  const image = join(folder, 'kept')
  writeFileSync(image, KEPT)
  const size = await writeSdImage(card, system('first'), [{ name: 'kept', image }], silent)
  kept = size - MiB
})
afterAll(() => rmSync(folder, { recursive: true }))

/** In order: each goes on with the card as the one before left it. */
describe('a card', () => {
  afterAll(() => expect(read(kept, MiB).equals(KEPT)).toBe(true))

  it('begins with a system in slot A that boots, and nothing to fall back to', async () => {
    expect(await text('selector', 'autoboot.txt')).toBe(
      '[all]\ntryboot_a_b=1\nboot_partition=2\n[tryboot]\nboot_partition=3\n',
    )
    expect(await fatNames({ image: card, ...layout().a })).toEqual(['bulkhead.img', 'bundle.itb', 'cmdline.txt'])
    expect([await text('a', 'cmdline.txt'), await fatNames({ image: card, ...layout().b })]).toEqual(['\n', []])
    expect(await planUpdate(card, 'a')).toMatchObject({ slot: 'a', fallback: undefined })
  })

  it('that is interrupted boots what it booted', async () => {
    const [selector, a] = [bytesOf('selector'), bytesOf('a')]
    const stop = new AbortController()
    const note = (text: string) => void (/^\d\d % written/.test(text) && stop.abort())
    await expect(update('second', undefined, stop.signal, note)).rejects.toMatchObject({
      message: expect.stringMatching(/boots the one that it booted; run this again/),
      exitCode: 130,
    })
    expect([bytesOf('selector').equals(selector), bytesOf('a').equals(a)]).toEqual([true, true])
    // Half a file system is none.
    expect(await fatNames({ image: card, ...layout().b })).toBeUndefined()
  })

  it('gets the new system into slot B, beside the first as it was; one sector says which boots', async () => {
    const [selector, a] = [bytesOf('selector'), bytesOf('a')]
    expect(await update('second')).toMatchObject({ slot: 'b', fallback: 'a' })
    expect(bytesOf('a').equals(a)).toBe(true)
    expect(await text('b', 'bulkhead.img')).toBe('hypervisor of second')
    expect(await text('b', 'cmdline.txt')).toBe('bulkhead.fallback=2\n')
    expect(await text('selector', 'autoboot.txt')).toBe(
      '[all]\ntryboot_a_b=1\nboot_partition=3\n[tryboot]\nboot_partition=2\n',
    )
    const after = bytesOf('selector')
    const sectors = Array.from({ length: selector.length / 512 }, (_, i) => i * 512)
    const same = (at: number) => selector.subarray(at, at + 512).equals(after.subarray(at, at + 512))
    expect(sectors.filter((at) => !same(at))).toHaveLength(1)
  })

  it('gets the same bytes again for the same system, where a person says so: the last one may have failed', async () => {
    const [a, b] = [bytesOf('a'), bytesOf('b')]
    expect(await update('second', 'b')).toMatchObject({ slot: 'b', fallback: 'a' })
    expect([bytesOf('a').equals(a), bytesOf('b').equals(b)]).toEqual([true, true])
  })

  it('gets the next one into slot A', async () => {
    expect(await update('third')).toMatchObject({ slot: 'a', fallback: 'b' })
    expect([await text('a', 'bulkhead.img'), await text('a', 'cmdline.txt')]).toEqual([
      'hypervisor of third',
      'bulkhead.fallback=3\n',
    ])
    expect(await text('b', 'bulkhead.img')).toBe('hypervisor of second')
    expect(await text('selector', 'autoboot.txt')).toMatch(/^\[all\]\ntryboot_a_b=1\nboot_partition=2\n/)
  })
})

describe('refuses', () => {
  const flash = (...words: string[]) => bulkhead('flash', '--update', '--out', card, ...words)

  it('a system that a slot does not hold', async () => {
    const large = { name: 'bundle.itb', text: 'x'.repeat(255 * MiB) }
    const to = { target: card, isDevice: false, signal: new AbortController().signal, note: silent }
    const end = writeUpdate(to, await planUpdate(card), [large], folder)
    await expect(end).rejects.toThrow(/the system has 255 MiB, slot B \(partition 3\) 253 MiB; write the card anew/)
  })

  it('a card that does not say what it boots', async () => {
    const { start } = layout().selector
    const handle = openSync(card, 'r+')
    writeSync(handle, Buffer.alloc(MiB), 0, MiB, start)
    closeSync(handle)
    expect((await flash()).stderr).toMatch(/its autoboot\.txt is damaged; write it anew/)
  })

  it('any other card than ours', async () => {
    const other = join(folder, 'other.img')
    writeFileSync(other, Buffer.alloc(MiB, 0xff))
    expect((await bulkhead('flash', '--update', '--out', other)).stderr).toMatch(
      /is no card of ours with two slots; write it anew, without --update/,
    )
  })

  it.each([
    [['--slot', 'c'], /--slot c: there are slots a and b/],
    [['--image', 'x'], /--update and --image: an update is made of a config/],
  ])('%j', async (words, message) => {
    expect(await flash(...words)).toMatchObject({ status: 1, stderr: expect.stringMatching(message) })
  })

  it('a slot without an update, and an image that is not there', async () => {
    expect((await bulkhead('flash', '--slot', 'a', '--out', card)).stderr).toMatch(/--slot is for --update/)
    const none = await bulkhead('flash', '--update', '--out', join(folder, 'none.img'))
    expect(none.stderr).toMatch(/there is no image to update; npx bulkhead image writes one/)
  })
})

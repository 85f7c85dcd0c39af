/** Places for seeds in DTBs: taken out of generated ones and, where they are zero, out of a user's. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkDtbFile, compileDts } from '../../tool/image/device-tree.ts'
import { guestDts } from '../../tool/image/guest-dts.ts'
import { takeSeeds } from '../../tool/image/seed.ts'

const folder = mkdtempSync(join(tmpdir(), 'bulkhead-seed-'))
afterAll(() => rmSync(folder, { recursive: true }))

const tree = (chosen: string, more = '') => compileDts(`/dts-v1/; / { ${more} chosen { ${chosen} }; };`)
const ZEROES = `[${'00'.repeat(32)}]`

function properties(dtb: Uint8Array): string[] {
  const file = join(folder, 'guest.dtb')
  writeFileSync(file, dtb)
  return execFileSync('fdtget', ['-p', file, '/chosen'], { encoding: 'utf8' }).trim().split('\n')
}

describe('a generated DTB', () => {
  it.each([2, 3] as const)('has room for both seeds, and none in it (GICv%i)', async (gic) => {
    const initrd = { address: 0x4400_0000, size: 0x1234 }
    const text = guestDts({ gic, cpus: 1, memory: 2 ** 28, devices: ['uart'], bootargs: 'quiet', initrd })
    const { dtb, seeds } = takeSeeds(await compileDts(text))
    expect(seeds.map(({ name }) => name)).toEqual(['rng-seed', 'kaslr-seed'])
    expect(properties(dtb)).toEqual(['bootargs', 'stdout-path', 'linux,initrd-start', 'linux,initrd-end'])
  })

  it('is whole again once they are written back', async () => {
    const whole = Buffer.from(await compileDts(guestDts({ gic: 3, cpus: 1, memory: 2 ** 28, devices: ['uart'] })))
    const { dtb, seeds } = takeSeeds(whole)
    const back = Buffer.from(dtb)
    for (const { name, offset, nameOffset } of seeds) {
      const size = name === 'rng-seed' ? 32 : 8
      back.fill(0, offset, offset + 12 + size)
      back.writeUInt32BE(3, offset)
      back.writeUInt32BE(size, offset + 4)
      back.writeUInt32BE(nameOffset, offset + 8)
    }
    expect(back.equals(whole)).toBe(true)
  })
})

describe('a DTB of the user’s', () => {
  it('leaves a seed to us by zeroes', async () => {
    const { dtb, seeds } = takeSeeds(await tree(`rng-seed = ${ZEROES}; bootargs = "a";`))
    expect(seeds).toHaveLength(1)
    expect(properties(dtb)).toEqual(['bootargs'])
  })

  it.each([
    ['a seed of its own', `rng-seed = [${'00'.repeat(31)}01];`, ''],
    ['a seed of another size', 'rng-seed = [00 00];', ''],
    ['the name elsewhere', '', `chooser { rng-seed = ${ZEROES}; chosen-one { rng-seed = ${ZEROES}; }; };`],
    ['none', 'bootargs = "";', ''],
  ])('keeps %s', async (_, chosen, more) => {
    const before = await tree(chosen, more)
    const { dtb, seeds } = takeSeeds(before)
    expect(seeds).toEqual([])
    expect(Buffer.from(before).equals(dtb)).toBe(true)
  })

  it('that is damaged is refused', async () => {
    const whole = Buffer.from(await tree(`rng-seed = ${ZEROES};`))
    const structure = whole.readUInt32BE(8)
    for (const at of [8, 12, structure + 8 + 8, structure + 12]) {
      const bad = Buffer.from(whole)
      bad.writeUInt32BE(0x7fff_0000, at)
      expect(() => checkDtbFile(bad), `word ${at}`).not.toThrow(RangeError)
    }
    whole.writeUInt32BE(0x7fff_0000, 8)
    expect(() => checkDtbFile(whole)).toThrow(/it ends at byte/)
  })
})

/** The page as a file: who owns what, from the config alone; nothing in it can be anything but text. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { derivedMac } from '../../tool/config/network.ts'
import { type Page, pageOf } from '../../tool/page/document.ts'
import { html } from '../../tool/page/markup.ts'
import type { Plan } from '../../tool/page/plan.ts'
import { everything, HOSTILE, templates } from '../fake/plan.ts'

let plan: Plan
let page: Page
beforeAll(async () => {
  plan = await everything()
  page = pageOf(plan)
})

/** What a reader sees of it. */
const textOf = (markup: string) =>
  markup
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')

describe('the plan', () => {
  test('says who has which core, and how much of it', () => {
    expect(plan.vms.map(({ name, cores, server }) => [name, cores, server?.budget])).toEqual([
      ['linux', [1, 2], undefined],
      ['eighty', [3], 8000],
      ['twenty', [3], 2000],
    ])
  })

  test('says who has which device of the board', () => {
    const owners = plan.devices.map(({ name, owner }) => [name, owner])
    expect(owners).toContainEqual(['gpio', 'twenty'])
    expect(owners).toContainEqual(['rtc', ''])
  })

  test('has the RAM of VMs, the pool and map of a disk, and the bundle', () => {
    const MiB = 2 ** 20
    expect(plan.memory.filter(({ owner }) => owner).map(({ owner, size }) => [owner, size])).toEqual([
      ['linux', 512 * MiB],
      // 8 bytes for each of 2,048 pages
      ['linux', 8 * MiB + 16 * 1024],
      ['eighty', 64 * MiB],
      ['twenty', 64 * MiB],
    ])
  })

  test("has a guest's machine in the order of its addresses, images within RAM", () => {
    const { map } = plan.vms[0]!
    expect(map.map(({ address }) => address)).toEqual(map.map(({ address }) => address).sort((a, b) => a - b))
    expect(map.find(({ what }) => what === 'virtio block')).toMatchObject({ address: 0x0a00_0200, intids: [49] })
    expect(map.at(-1)).toMatchObject({ what: 'kernel', kind: 'image', address: 0x4020_0000 })
  })

  test('says of a template which addresses its VMs have', async () => {
    const mac = derivedMac('boat', 'worker', 1)
    const plan = await templates()
    expect(plan.networks[0]!.members).toMatchObject([
      { vm: 'linux', mac: derivedMac('boat', 'linux', 0) },
      { vm: 'worker', slot: 0, mac, template: 'named' },
      { vm: 'worker', slot: 1, mac: '52:54:00:00:00:09', template: 'given' },
    ])
    expect(plan.networks[0]!.members[0]).not.toHaveProperty('template')
    const text = textOf(pageOf(plan).html)
    expect(text).toContain(`worker, a template 0 ${mac}, of a VM named worker; others by their names`)
    expect(text).toContain('52:54:00:00:00:09, one VM at a time')
  })

  test('has the members of a network', () => {
    expect(plan.networks).toMatchObject([{ name: 'lan', mtu: 9000, members: [{ vm: 'linux', slot: 0, vlan: 7 }] }])
  })
})

describe('the page', () => {
  test('shows all of it', () => {
    const text = textOf(page.html)
    for (const words of [
      'gpio',
      '0x0903_0000',
      '80 %: 8ms of every 10ms',
      'iops 100',
      'at boot, after linux',
      'MTU 9000',
    ])
      expect(text).toContain(words)
  })

  test('takes nothing of a config for markup', () => {
    expect(page.html).not.toContain('<img')
    expect(page.html).not.toContain('<script')
    expect(page.html).toContain(HOSTILE.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'))
  })

  test('allows its own style and nothing else, and has no script', () => {
    const style = /<style>([\s\S]*?)<\/style>/.exec(page.html)![1]!
    const hash = createHash('sha256').update(style).digest('base64')
    expect(page.policy).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; require-trusted-types-for 'script'; base-uri 'none'; form-action 'none'`,
    )
    expect(page.html).not.toMatch(/ style=|https?:|url\(/)
  })

  test('names every table, and has its headings in order', () => {
    expect(page.html.match(/<table>/g)).toHaveLength(page.html.match(/<caption>[^<]/g)!.length)
    const levels = [...page.html.matchAll(/<h(\d)/g)].map(([, level]) => Number(level))
    expect(levels[0]).toBe(1)
    levels.forEach((level, i) => {
      expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1)
    })
  })
})

test('whatever is put into a template comes out as it was, once a browser has read it', () => {
  const read = (markup: string) =>
    markup.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => {
      return { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }[entity]!
    })
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { text: markup } = html`<p title="${text}">${text}</p>`
      const inside = markup.slice('<p title="'.length, -'</p>'.length)
      expect(inside).not.toMatch(/[<'].*[<']/s)
      expect(read(inside)).toBe(`${text}">${text}`)
    }),
  )
})

/** The page in a browser: laid out as it says, at any width, in light and dark; alive with a board behind it; safe from its guests. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page as Tab } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CAUSE_PAUSE } from '../../src/abi/control.ts'
import { FIGURE_CORES, FIGURE_MILLISECONDS, FIGURE_VCPU_SHIFT, FIGURE_VCPUS, STATE_PAUSED } from '../../src/abi/life.ts'
import { Client } from '../../tool/control/client.ts'
import { Hub } from '../../tool/control/hub.ts'
import { connect } from '../../tool/control/target.ts'
import { pageOf } from '../../tool/page/document.ts'
import { Feed } from '../../tool/page/feed.ts'
import type { Plan } from '../../tool/page/plan.ts'
import { liveScript } from '../../tool/page/script.ts'
import { type Served, serve } from '../../tool/page/serve.ts'
import { browser as installed } from '../../tool/setup/need.ts'
import { FakeHost } from '../fake/host.ts'
import { everything, HOSTILE } from '../fake/plan.ts'

const executablePath = installed()
if (!executablePath) console.warn('Skipped: no Chromium is here; npx bulkhead setup --browser brings one')

let browser: Browser
let plan: Plan
let tab: Tab
let served: Served | undefined
/** What the browser complained about: a policy that something breaks, a script that fails. */
let complaints: string[]

beforeAll(async () => {
  plan = await everything()
  // Its sandbox wants rights that containers do not give; it sees nothing but this page.
  if (executablePath) browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
})
afterAll(() => browser?.close())

async function open(url: string, scheme: 'light' | 'dark' = 'light', width = 1200): Promise<void> {
  const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 800 } })
  tab = await context.newPage()
  complaints = []
  tab.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  tab.on('pageerror', (error) => complaints.push(String(error)))
  await tab.goto(url)
}

afterEach(async () => {
  await tab?.context().close()
  await served?.close()
  served = undefined
})

describe.skipIf(!executablePath)('the page of a config', () => {
  beforeEach(async () => {
    served = await serve(pageOf(plan), 0)
  })

  test('has bars as wide as what they stand for', async () => {
    await open(served!.url)
    const widths = await tab
      .locator('[data-core="3"] .bar span')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().width))
    expect(widths).toHaveLength(2)
    expect(widths[0]! / (widths[0]! + widths[1]!)).toBeCloseTo(0.8, 1)
    expect(complaints).toEqual([])
  })

  test.each([
    ['light', 320],
    ['light', 1200],
    ['dark', 320],
    ['dark', 1200],
  ] as const)('%s, %i wide: nothing sticks out, everything can be read', async (scheme, width) => {
    await open(served!.url, scheme, width)
    expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    expect(await tab.evaluate(worstContrast)).toBeGreaterThanOrEqual(4.5)
  })

  test('is on the screen as the document says', async () => {
    await open(served!.url)
    const spot = tab.locator('[data-core="3"] .bar span').first()
    const wanted = await spot.evaluate((one) => getComputedStyle(one).backgroundColor)
    const shot = (await spot.screenshot()).toString('base64')
    const seen = await tab
      .context()
      .newPage()
      .then((page) => page.evaluate(lastPixel, shot))
    expect(`rgb(${seen.join(', ')})`).toBe(wanted)
  })

  test('has its tables and figures named for those who cannot see them', async () => {
    await open(served!.url)
    expect(await tab.getByRole('table', { name: 'Memory map of linux' }).count()).toBe(1)
    expect(await tab.getByRole('img', { name: /^Core 3: eighty 80 %/ }).count()).toBe(1)
    expect(await tab.locator('dd', { hasText: 'onerror' }).textContent()).toBe(HOSTILE)
    expect(await tab.title()).toBe('everything on qemu-virt · Bulkhead')
  })
})

describe.skipIf(!executablePath)('the page of a running board', () => {
  let folder: string
  let host: FakeHost
  let hub: Hub
  let client: Client
  let done: Promise<void>
  const stop = new AbortController()

  const pump = () => {
    host.now += 20_000
    host.settle()
    const bytes = host.uart.sent.splice(0)
    if (bytes.length > 0) hub.hear(Buffer.from(bytes))
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bulkhead-page-'))
    host = new FakeHost({ names: plan.vms.map(({ name }) => name) })
    host.figure = (vm, which) => {
      const figure = which & ((1 << FIGURE_VCPU_SHIFT) - 1)
      const one = which >> FIGURE_VCPU_SHIFT
      if (figure === FIGURE_VCPUS) return BigInt(plan.vms[vm]!.vcpus)
      if (figure === FIGURE_CORES) return 1n << BigInt(plan.vms[vm]!.cores[one - 1] ?? 0)
      // eighty runs four fifths of the time
      return figure === FIGURE_MILLISECONDS && vm === 1 ? BigInt(Math.floor((host.now * 0.8) / 1000)) : 0n
    }
    hub = new Hub((bytes) => {
      host.type(bytes)
      pump()
    })
    const path = join(folder, 'control.sock')
    await hub.listen(path)
    client = new Client(await connect({ kind: 'unix', path }))
    const feed = new Feed((message) => served?.tell(message))
    served = await serve(pageOf(plan, await liveScript()), 0, () => feed.all)
    const names = plan.vms.map(({ name }) => name)
    done = feed.follow(client, names, stop.signal).then(() => feed.lose('The board is gone.'))
    await open(served.url)
  })
  afterEach(async () => {
    client.close()
    hub.close()
    await done.catch(() => {})
    rmSync(folder, { recursive: true })
  })

  test('shows states, use of each core, events and the console', async () => {
    await tab.getByText('Attached to linux,dummy-virt').waitFor()
    host.put(1, 'share: 80 %\r\n')
    host.say("VM 'linux': 512 MiB at 0x49e00000, CPUs 1 2\r\n")
    pump()
    await tab.locator('#console', { hasText: 'eighty | share: 80 %' }).waitFor()
    expect(await tab.locator('[data-address="linux"]').textContent()).toBe('0x49e0_0000')
    await tab.locator('[data-core="3"] [data-use]', { hasText: /^eighty 80 %, twenty 0 %$/ }).waitFor()
    host.states[2] = STATE_PAUSED
    host.call.tell(2, STATE_PAUSED, CAUSE_PAUSE)
    pump()
    await tab.locator('#happened li', { hasText: 'twenty: paused: an operator paused it' }).waitFor()
    await tab.locator('[data-vm="twenty"] [data-state]', { hasText: 'paused' }).waitFor()
    await tab.getByLabel('Whose lines').selectOption('linux')
    expect(await tab.locator('#console').textContent()).toBe('')
    expect(complaints).toEqual([])
  })

  test('shows what a hostile guest prints as the text that it is', async () => {
    host.put(0, `${HOSTILE}</pre>\r\n`)
    pump()
    await tab.locator('#console', { hasText: `linux | ${HOSTILE}</pre>` }).waitFor()
    expect(await tab.locator('img:not([role]), #console *').count()).toBe(0)
    expect(await tab.title()).toBe('everything on qemu-virt · Bulkhead')
    expect(complaints).toEqual([])
  })

  test('says when the board is gone', async () => {
    await tab.getByText('Attached to linux,dummy-virt').waitFor()
    hub.close()
    await tab.getByText('The board is gone.').waitFor()
    expect(await tab.locator('[data-vm="twenty"] [data-state]').isVisible()).toBe(false)
  })
})

/** In the page. WCAG 2.2, "contrast ratio", "relative luminance": the least of all texts over what is behind them. */
function worstContrast(): number {
  const numbers = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number)
  const luminance = (color: string) => {
    const [r = 0, g = 0, b = 0] = numbers(color).map((value) => {
      const part = value / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const behind = (element: Element | null): string => {
    if (!element) return 'rgb(255, 255, 255)'
    const { backgroundColor } = getComputedStyle(element)
    return numbers(backgroundColor)[3] === 0 ? behind(element.parentElement) : backgroundColor
  }
  const ratios = [...document.querySelectorAll('body *')]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()))
    .map((element) => {
      const [a, b] = [luminance(getComputedStyle(element).color), luminance(behind(element))]
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    })
  return Math.min(...ratios)
}

/** In a page: what an image of the screen shows near its lower right corner. */
async function lastPixel(shot: string): Promise<number[]> {
  const bytes = Uint8Array.from(atob(shot), (ch) => ch.charCodeAt(0))
  const image = await createImageBitmap(new Blob([bytes]))
  const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d')!
  canvas.drawImage(image, 0, 0)
  return [...canvas.getImageData(image.width - 8, image.height - 4, 1, 1).data.slice(0, 3)]
}

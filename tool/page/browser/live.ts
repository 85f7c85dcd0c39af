/** The program of a page that lives: puts what the tool tells of the board where it belongs. All of it is text, never markup. */
import { HAPPENED, LINES, type Line, PLACES, SNAPSHOT, type Snapshot, type VmNow } from '../wire.ts'

/** Lines that are kept, and seconds of a curve. */
const LINES_MOST = 1000
const HAPPENED_MOST = 200
const SECONDS = 60

const lines: Line[] = []
const curves = new Map<string, number[]>()
const terminal = document.querySelector<HTMLPreElement>('#console')!
const source = document.querySelector<HTMLSelectElement>('#source')!
const happened = document.querySelector<HTMLOListElement>('#happened')!
const words = document.querySelector<HTMLElement>('[data-words]')!
const table = document.querySelector<HTMLTableElement>('#live table')!

function show({ isThere, words: text, vms }: Snapshot): void {
  say(text)
  for (const element of document.querySelectorAll<HTMLElement>('.live')) element.hidden = !isThere
  for (const [i, row] of [...table.tBodies[0]!.rows].entries()) {
    const now = vms.find(({ vm }) => vm === row.cells[0]!.textContent)
    fill(row, now)
    badge(i, now)
  }
  for (const core of document.querySelectorAll<HTMLElement>('[data-core]')) {
    const own = vms.flatMap(({ vm, vcpus }) =>
      vcpus.filter(({ core: at }) => String(at) === core.dataset.core).map(({ cpu }) => `${vm} ${cpu} %`),
    )
    core.querySelector('[data-use]')!.textContent = own.join(', ') || 'nobody'
  }
}

/** Said to whoever listens only when it is news. */
function say(text: string): void {
  if (words.textContent !== text) words.textContent = text
}

function fill(row: HTMLTableRowElement, now: VmNow | undefined): void {
  if (!now) return
  const { vm, state, cpu, stolen, hypercalls, accesses, interrupts, traps, restarts } = now
  const texts = [vm, state, cpu, stolen, hypercalls, accesses, interrupts, traps, restarts]
  texts.forEach((text, i) => {
    row.cells[i]!.textContent = String(text)
  })
  row.cells[1]!.dataset.is = state
  const curve = [...(curves.get(vm) ?? []), cpu].slice(-SECONDS)
  curves.set(vm, curve)
  draw(row.cells[texts.length]!, curve)
}

const SVG = 'http://www.w3.org/2000/svg'

function draw(cell: HTMLTableCellElement, curve: readonly number[]): void {
  const most = Math.max(100, ...curve)
  const points = curve.map(
    (cpu, i) => `${((i + SECONDS - curve.length) / (SECONDS - 1)) * 120},${22 - (cpu / most) * 20}`,
  )
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('class', 'spark')
  svg.setAttribute('viewBox', '0 0 120 24')
  svg.setAttribute('role', 'img')
  svg.setAttribute(
    'aria-label',
    `CPU, last ${curve.length} seconds: least ${Math.min(...curve)} %, most ${Math.max(...curve)} %`,
  )
  const line = document.createElementNS(SVG, 'polyline')
  line.setAttribute('points', points.join(' '))
  svg.append(line)
  cell.replaceChildren(svg)
}

function badge(index: number, now: VmNow | undefined): void {
  const state = document.querySelectorAll<HTMLElement>('[data-state]')[index]
  if (!state || !now) return
  state.textContent = now.state
  state.dataset.is = now.state
}

function print(news: readonly Line[]): void {
  lines.push(...news)
  lines.splice(0, lines.length - LINES_MOST)
  redraw()
}

function redraw(): void {
  const isAtEnd = terminal.scrollHeight - terminal.scrollTop - terminal.clientHeight < 40
  const wanted = lines.filter((line) => source.value === '' || line.source === source.value)
  terminal.textContent = wanted
    .map((line) => (source.value === '' ? `${line.source} | ${line.text}` : line.text))
    .join('\n')
  if (isAtEnd) terminal.scrollTop = terminal.scrollHeight
}

function note(news: readonly Line[]): void {
  for (const { source: who, text } of news) {
    const item = document.createElement('li')
    item.textContent = `${who}: ${text}`
    happened.prepend(item)
  }
  while (happened.childElementCount > HAPPENED_MOST) happened.lastElementChild!.remove()
}

function place(places: Record<string, string>): void {
  for (const span of document.querySelectorAll<HTMLElement>('[data-address]')) {
    const found = places[span.dataset.address!]
    if (found !== undefined) span.textContent = found
  }
}

/** A stream that begins anew tells all of it again. */
function forget(): void {
  lines.length = 0
  happened.replaceChildren()
  redraw()
}

source.addEventListener('change', redraw)
const stream = new EventSource('/live')
stream.addEventListener('open', forget)
stream.addEventListener('error', () => say('The tool that serves this page does not answer.'))
const on = <T>(name: string, act: (value: T) => void) =>
  stream.addEventListener(name, (event) => act(JSON.parse((event as MessageEvent<string>).data)))
on(SNAPSHOT, show)
on(LINES, print)
on(HAPPENED, note)
on(PLACES, place)

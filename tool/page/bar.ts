/** A bar in pieces. How wide each is, is a class: styles in attributes would need a weaker content security policy. */
import { html, type Markup } from './markup.ts'

export interface Piece {
  label: string
  size: number
  /** A colour of page.css: `vm-0` to `vm-7`, `own`, `free`. */
  tone: string
}

/** Thousandths of the bar. */
const WHOLE = 1000

/** `label` says the whole of it in words. */
export function bar(label: string, pieces: readonly Piece[]): Markup {
  const sum = pieces.reduce((all, { size }) => all + size, 0) || 1
  const drawn = pieces.map(({ label, size, tone }) => {
    return html`<span class="${tone} grow-${Math.round((size / sum) * WHOLE)}" title="${label}">${label}</span>`
  })
  return html`<div class="bar" role="img" aria-label="${label}">${drawn}</div>`
}

/** The rules for the classes that `body` uses. */
export function widthRules(body: string): string {
  const used = new Set([...body.matchAll(/ grow-(\d{1,4})"/g)].map(([, width]) => width!))
  return [...used].map((width) => `.bar .grow-${width} {\n  flex-grow: ${width};\n}\n`).join('')
}

/** The same VM has the same colour everywhere. */
export function toneOf(index: number): string {
  return `vm-${index % 8}`
}

/** HTML from templates: what is put into one is escaped, unless it is markup itself. */

export class Markup {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text
  }
}

type Part = Markup | string | number | false | undefined | readonly Part[]

/** HTML Living Standard, "Writing HTML documents": in text and in quoted attributes these five stand for themselves no more. */
const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(strings.map((text, i) => (i === 0 ? text : textOf(parts[i - 1]) + text)).join(''))
}

function textOf(part: Part): string {
  if (part === undefined || part === false) return ''
  if (part instanceof Markup) return part.text
  if (Array.isArray(part)) return part.map(textOf).join('')
  return String(part).replace(/[&<>"']/g, (ch) => ESCAPES[ch]!)
}

export interface Cell {
  head: string
  /** Numbers and addresses stand in a fixed width. */
  isCode?: boolean
}

/** `caption` names the table to those who cannot see where it stands. */
export function tableOf(caption: string, heads: readonly Cell[], rows: readonly Part[][]): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${heads.map(({ head }) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, i) => cellOf(cell, i, heads[i]))}</tr>\n`)}</tbody>
</table></div>`
}

function cellOf(cell: Part, i: number, head: Cell | undefined): Markup {
  if (i === 0) return html`<th scope="row"${head?.isCode ? CODE : ''}>${cell}</th>`
  return html`<td${head?.isCode ? CODE : ''}>${cell}</td>`
}

const CODE = new Markup(' class="code"')

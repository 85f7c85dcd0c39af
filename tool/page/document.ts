/** The whole page as one file: nothing in it comes from elsewhere, and nothing but its own style and script may work in it. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { sizeText } from '../ui/number.ts'
import { widthRules } from './bar.ts'
import { liveSection } from './live-section.ts'
import { html, Markup } from './markup.ts'
import type { Plan } from './plan.ts'
import { coreSection, deviceSection, diskSection, memorySection, networkSection } from './section.ts'
import { vmSection } from './vm.ts'

export interface Page {
  html: string
  /** Content Security Policy Level 3; a server sends it too, with what a document cannot say of itself. */
  policy: string
}

/** `script`: the program of a page that lives. */
export function pageOf(plan: Plan, script?: string): Page {
  const main = html`${script !== undefined && liveSection(plan)}
${memorySection(plan)}
${coreSection(plan)}
${vmSection(plan)}
${networkSection(plan)}
${diskSection(plan)}
${deviceSection(plan)}`
  const style = readFileSync(new URL('page.css', import.meta.url), 'utf8') + widthRules(main.text)
  const policy = policyOf(style, script)
  const { name, board } = plan
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${name} on ${board.name} · Bulkhead</title>
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header><h1>${name}</h1>
<p>${board.title}: ${board.cores} core${board.cores > 1 && 's'}, ${sizeText(board.ramSize)} of RAM, GICv${board.gic}${
    !plan.control && '; programs may not steer it'
  }</p></header>
<main id="main">
${main}
</main>
${script !== undefined && html`<script>${new Markup(script)}</script>`}
</body>
</html>
`
  return { html: page.text, policy }
}

function policyOf(style: string, script: string | undefined): string {
  const live = script === undefined ? [] : [`script-src ${hashOf(script)}`, "connect-src 'self'"]
  return [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    ...live,
    "require-trusted-types-for 'script'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

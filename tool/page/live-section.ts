/** The parts of the page that only a running board fills. */
import { html, type Markup, tableOf } from './markup.ts'
import type { Plan } from './plan.ts'
import { section } from './section.ts'

export const LIVE_HEADS = [
  'VM',
  'State',
  'CPU %',
  'Stolen %',
  'Calls/s',
  'Devices/s',
  'IRQs/s',
  'Traps/s',
  'Restarts',
  'Last minute',
]

export function liveSection({ vms }: Plan): Markup {
  const rows = vms.map(({ name }) => [name, ...LIVE_HEADS.slice(1).map(() => '–')])
  const sources = [...vms.map(({ name }) => name), 'bulkhead']
  return section('live', 'Now', [
    html`<p role="status" data-words>Waiting for the board.</p>`,
    tableOf(
      'What each VM uses',
      LIVE_HEADS.map((head) => ({ head })),
      rows,
    ),
    html`<h3 id="console-title">Console</h3>
<p><label for="source">Whose lines</label> <select id="source"><option value="">all</option>${sources.map(
      (name) => html`<option>${name}</option>`,
    )}</select></p>
<pre id="console" role="log" aria-live="off" aria-labelledby="console-title" tabindex="0"></pre>
<h3 id="happened-title">What happened</h3>
<ol id="happened" aria-labelledby="happened-title"></ol>`,
  ])
}

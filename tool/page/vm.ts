/** The page's cards: one for each VM, with its memory map, its devices and what becomes of it. */
import type { Reaction } from '../config/define.ts'
import { sizeText } from '../ui/number.ts'
import { toneOf } from './bar.ts'
import { html, type Markup, tableOf } from './markup.ts'
import type { Plan, VmPlan } from './plan.ts'
import { addressText, section, shareText } from './section.ts'

export function vmSection({ vms }: Plan): Markup {
  return section('vms', 'Virtual machines', vms.map(card))
}

function card(vm: VmPlan, index: number): Markup {
  const { name, vcpus, cores, memory, virtio } = vm
  return html`<article class="card ${toneOf(index)}-edge" data-vm="${name}" aria-labelledby="vm-${name}">
<h3 id="vm-${name}">${name} <span class="live state" data-state hidden>–</span></h3>
<p>${vcpus} vCPU${vcpus > 1 && 's'} on core${cores.length > 1 && 's'} ${cores.join(', ')}, ${shareText(vm)}; ${sizeText(memory)} of RAM.</p>
${facts(vm)}
${tableOf(
  `Memory map of ${name}`,
  [{ head: 'Guest address', isCode: true }, { head: 'Size' }, { head: 'What' }, { head: 'Interrupts', isCode: true }],
  vm.map.map(({ address, size, what, intids, kind }) => [
    addressText(address),
    sizeText(size),
    html`<span class="kind ${kind}">${what}</span>`,
    intids.join(', ') || '–',
  ]),
)}
${
  virtio.length > 0 &&
  tableOf(
    `Para-virtual devices of ${name}`,
    [{ head: 'Slot' }, { head: 'Type' }, { head: 'Options' }],
    virtio.map(({ slot, type, options }) => [slot, type, optionText(options)]),
  )
}
</article>`
}

function facts({ life, entry, bootargs, trustedDma, interrupts }: VmPlan): Markup {
  const rows: [string, string | Markup][] = [
    [
      'starts',
      life.autostart
        ? life.after.length
          ? `at boot, after ${life.after.join(', ')}`
          : 'at boot'
        : 'when it is told to',
    ],
    ['entered at', html`<span class="code">${addressText(entry)}</span>`],
    ['on a crash', reactionText(life.onCrash)],
    ['on a reset', reactionText(life.onReboot)],
    ['on power-off', reactionText(life.onShutdown)],
    ['restarts in a row', life.limit ? `${life.limit}, then ${reactionText(life.onLimit)}` : 'any number'],
  ]
  if (life.backoff) rows.push(['first wait', `${life.backoff} ms, then twice as long each time`])
  if (life.critical) rows.push(['critical', 'the board resets when it has ended'])
  if (trustedDma) rows.push(['trusted DMA', 'its devices reach all memory'])
  if (interrupts !== undefined) rows.push(['interrupts', `at most ${interrupts} in a second`])
  if (bootargs !== undefined) rows.push(['boot arguments', html`<span class="code">${bootargs}</span>`])
  return html`<dl>${rows.map(([term, text]) => html`<div><dt>${term}</dt><dd>${text}</dd></div>`)}</dl>`
}

function reactionText(reaction: Reaction): string {
  if (typeof reaction === 'object') return `rest, and start ${reaction.start}`
  return { restart: 'start again', stop: 'rest', 'reboot-board': 'reset the board' }[reaction]
}

function optionText(options: Record<string, string>): string {
  const words = Object.entries(options).map(([key, value]) => `${key}: ${value}`)
  return words.join('; ') || '–'
}

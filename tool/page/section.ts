/** The page's sections about the board: memory, cores, devices, networks, disks. */
import { durationText } from '../config/duration.ts'
import { percentText } from '../config/server.ts'
import { sizeText } from '../ui/number.ts'
import { bar, type Piece, toneOf } from './bar.ts'
import { html, type Markup, tableOf } from './markup.ts'
import type { Plan, VmPlan } from './plan.ts'

export function section(id: string, title: string, body: Markup | Markup[]): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${body}
</section>`
}

export function addressText(address: number): string {
  return `0x${address
    .toString(16)
    .padStart(8, '0')
    .replace(/\B(?=(.{4})+$)/g, '_')}`
}

export function memorySection({ board, memory, vms }: Plan): Markup {
  const toneFor = (owner: string) => {
    const index = vms.findIndex(({ name }) => name === owner)
    return index < 0 ? 'own' : toneOf(index)
  }
  const all = board.ram.reduce((sum, { start, end }) => sum + end - start, 0)
  const used = memory.reduce((sum, { size }) => sum + size, 0)
  const pieces: Piece[] = [
    ...memory.map(({ owner, what, size }) => ({
      label: owner ? `${owner} ${what}, ${sizeText(size)}` : `${what}, ${sizeText(size)}`,
      size,
      tone: toneFor(owner),
    })),
    { label: `free, ${sizeText(Math.max(all - used, 0))}`, size: Math.max(all - used, 0), tone: 'free' },
  ]
  const rows = memory.map(({ owner, what, size, address }) => [
    owner || 'Bulkhead',
    what,
    sizeText(size),
    html`<span ${owner && what === 'RAM' ? html`data-address="${owner}"` : ''}>${
      address === undefined ? 'chosen at boot' : addressText(address)
    }</span>`,
  ])
  const ranges = board.ram.map(({ start, end }) => `${addressText(start)} to ${addressText(end - 1)}`).join(', ')
  return section('memory', 'Memory', [
    html`<p>${sizeText(all)} of RAM at ${ranges}.</p>`,
    bar(`RAM: ${pieces.map(({ label }) => label).join('; ')}`, pieces),
    tableOf(
      'Who has which memory',
      [{ head: 'Owner' }, { head: 'What' }, { head: 'Size' }, { head: 'Board address', isCode: true }],
      rows,
    ),
  ])
}

export function coreSection({ board, vms }: Plan): Markup {
  const rows = Array.from({ length: board.cores }, (_, core) => {
    const pieces = onCore(vms, core)
    const words = pieces.map(({ label }) => label).join('; ')
    return html`<div class="core" data-core="${core}"><h3>Core ${core}</h3>
${bar(`Core ${core}: ${words}`, pieces)}
<p class="live use" hidden>now: <span data-use>–</span></p></div>`
  })
  return section('cores', 'Cores and shares', rows)
}

/** Percent of a core. */
function onCore(vms: readonly VmPlan[], core: number): Piece[] {
  const pieces = vms.flatMap((vm, index): Piece[] =>
    vm.cores.flatMap((each, vcpu) => {
      if (each !== core) return []
      const name = vm.vcpus > 1 ? `${vm.name} vCPU ${vcpu}` : vm.name
      if (!vm.server) return [{ label: `${name}, the whole core`, size: 100, tone: toneOf(index) }]
      const { budget, period } = vm.server
      return [{ label: `${name} ${shareText(vm)}`, size: (budget / period) * 100, tone: toneOf(index) }]
    }),
  )
  const rest = 100 - pieces.reduce((sum, { size }) => sum + size, 0)
  if (rest > 0.01) pieces.push({ label: pieces.length ? 'unpromised' : 'no VM', size: rest, tone: 'free' })
  return pieces
}

export function shareText({ server }: VmPlan): string {
  if (!server) return 'cores of its own'
  const { budget, period, priority, spare } = server
  const rank = priority ? `, priority ${priority}` : ''
  return `${percentText(server)}: ${durationText(budget)} of every ${durationText(period)}${rank}${spare ? ', and spare time' : ''}`
}

export function deviceSection({ board: { uart }, devices }: Plan): Markup {
  const heads = [
    { head: 'Device' },
    { head: 'Registers', isCode: true },
    { head: 'Size' },
    { head: 'Interrupts', isCode: true },
    { head: 'Owner' },
    { head: 'DMA' },
  ]
  const rows = devices.map(({ name, base, size, intids, owner, dma }) => [
    name,
    addressText(base),
    sizeText(size),
    intids.join(', ') || '–',
    owner || 'nobody',
    dma ? 'yes, without an IOMMU' : 'no',
  ])
  const console = [`console (${uart.kind})`, addressText(uart.base), '–', String(uart.intid), 'Bulkhead', 'no']
  return section('devices', "The board's devices", tableOf('Who owns which device', heads, [console, ...rows]))
}

export function networkSection({ networks }: Plan): Markup | undefined {
  if (networks.length === 0) return undefined
  const body = networks.map(
    ({ name, mtu, offload, members }) => html`<h3>${name}</h3>
<p>MTU ${mtu}${offload && ', with offloads'}.</p>
${tableOf(
  `Members of ${name}`,
  [
    { head: 'VM' },
    { head: 'Slot' },
    { head: 'MAC address', isCode: true },
    { head: 'VLAN' },
    { head: 'May send as others' },
  ],
  members.map(({ vm, slot, mac, template, vlan, open }) => [
    template ? `${vm}, a template` : vm,
    slot,
    template
      ? `${mac}, ${template === 'given' ? 'one VM at a time' : `of a VM named ${vm}; others by their names`}`
      : mac,
    vlan ?? 'none',
    open ? 'yes' : 'no',
  ]),
)}`,
  )
  return section('networks', 'Networks', body)
}

export function diskSection({ disks }: Plan): Markup | undefined {
  if (disks.length === 0) return undefined
  const heads = [
    { head: 'VM' },
    { head: 'Disk' },
    { head: 'Size' },
    { head: 'Begins as' },
    { head: 'RAM for what is written' },
  ]
  const rows = disks.map(({ vm, index, size, pool, image }) => [
    vm,
    index,
    sizeText(size),
    image ? 'an image of the bundle' : 'zeroes',
    pool ? sizeText(pool) : 'none: read-only',
  ])
  return section('disks', 'Disks', tableOf('Disks', heads, rows))
}

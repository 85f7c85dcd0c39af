/** A trace as Perfetto and Chrome's about:tracing read it: "Trace Event Format", complete events and instants. A process is a core, a
 * thread what runs there. */
import type { Trace, TraceRecord } from './trace.ts'

export interface ChromeTrace {
  displayTimeUnit: 'ns'
  otherData: Record<string, string>
  traceEvents: ChromeEvent[]
}

interface ChromeEvent {
  name: string
  ph: 'X' | 'i' | 'M'
  pid: number
  tid: number
  ts?: number
  dur?: number
  cat?: string
  s?: 't'
  args?: Record<string, string | number>
}

/** DDI 0487, "ESR_EL2": what a guest left for. */
const CLASSES: Record<number, string> = {
  0: 'undefined',
  1: 'WFI',
  22: 'HVC',
  23: 'SMC',
  24: 'system register',
  32: 'instruction abort',
  36: 'data abort',
  47: 'SError',
  48: 'breakpoint',
  50: 'step',
  52: 'watchpoint',
  60: 'BRK',
}

/** `names`: of each vCPU, as `linux 0`. */
export function chromeTrace({ records, lost }: Trace, names: readonly string[]): ChromeTrace {
  const events: ChromeEvent[] = []
  const cores = [...new Set(records.map(({ core }) => core))].sort((a, b) => a - b)
  const start = records[0]?.at ?? 0
  for (const core of cores) {
    events.push({ name: 'process_name', ph: 'M', pid: core, tid: 0, args: { name: `core ${core}` } })
    const own = records.filter((record) => record.core === core)
    for (const vcpu of new Set(own.map(({ vcpu }) => vcpu))) {
      events.push({ name: 'thread_name', ph: 'M', pid: core, tid: vcpu + 1, args: { name: nameOf(names, vcpu) } })
    }
    events.push(...runs(own, names, start), ...exits(own, start))
  }
  const words = [...lost].map(([core, count]) => `core ${core}: ${count}`).join(', ')
  return { displayTimeUnit: 'ns', otherData: { lost: words || 'none' }, traceEvents: events }
}

/** From each entry to the exit behind it. One whose exit was lost has no end, and is left out. */
function runs(own: readonly TraceRecord[], names: readonly string[], start: number): ChromeEvent[] {
  return own.flatMap((record, i): ChromeEvent[] => {
    const end = own[i + 1]
    if (record.kind !== 'enter' || !end || end.kind === 'enter' || end.vcpu !== record.vcpu) return []
    const { core, at, vcpu } = record
    const times = { ts: at - start, dur: end.at - at }
    return [{ name: nameOf(names, vcpu), ph: 'X', cat: 'guest', pid: core, tid: vcpu + 1, ...times }]
  })
}

function exits(own: readonly TraceRecord[], start: number): ChromeEvent[] {
  return own.flatMap((record): ChromeEvent[] => {
    if (record.kind === 'enter') return []
    const { core, at, vcpu, pc, detail } = record
    const isInterrupt = record.kind === 'interrupt'
    const name = isInterrupt ? 'interrupt' : (CLASSES[record.class] ?? `class ${record.class}`)
    const args = { pc: `0x${pc.toString(16)}`, ...(!isInterrupt && { detail }) }
    return [{ name, ph: 'i', s: 't', cat: 'exit', pid: core, tid: vcpu + 1, ts: at - start, args }]
  })
}

/** Microseconds that each vCPU had its core. */
export function timeOf({ traceEvents }: ChromeTrace): Map<string, number> {
  const times = new Map<string, number>()
  for (const { ph, name, dur = 0 } of traceEvents) if (ph === 'X') times.set(name, (times.get(name) ?? 0) + dur)
  return times
}

function nameOf(names: readonly string[], vcpu: number): string {
  return names[vcpu] ?? `vCPU ${vcpu}`
}

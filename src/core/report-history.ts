/** The exits that led up to where a vCPU is, in words and as JSON: what src/core/history.ts kept. */
import { describeKept, isAbort } from './describe-exit'
import { intidOf, isInterrupt, keptOf, pcWas, whatWas, wheretoWas } from './history'
import * as log from './log'
import { beginLine } from './report-word'
import { Vcpu } from './vcpu'
import { Vm, vmAt } from './vm'

/** A line for each, the latest first. What a loop did again and again is told once, with how often. */
export function sayHistory(vcpu: Vcpu): void {
  const kept = keptOf(vcpu)
  if (!kept) return
  beginLine(vcpu)
  log.text('its last exits, the latest first')
  log.end()
  for (let from: u32 = 0; from < kept; ) {
    let length: u32 = 1
    let times: u32 = 1
    for (let round: u32 = 1; round <= (kept - from) >> 1; round++) {
      const found = timesOf(vcpu, from, round, kept)
      if (found > 1 && found * round > times * length) {
        times = found
        length = round
      }
    }
    for (let i: u32 = 0; i < length; i++) sayExit(vmAt(vcpu.vm), vcpu, from + i, times, i > 0)
    from += length * times
  }
}

/** How often the `round` exits from `from` on came one round after the other. */
function timesOf(vcpu: Vcpu, from: u32, round: u32, kept: u32): u32 {
  let at = from + round
  while (at < kept && isSame(vcpu, at, at - round)) at++
  return (at - from) / round
}

function isSame(vcpu: Vcpu, a: u32, b: u32): bool {
  const what = whatWas(vcpu, a)
  if (what !== whatWas(vcpu, b) || pcWas(vcpu, a) !== pcWas(vcpu, b)) return false
  return !isAbort(what) || wheretoWas(vcpu, a) === wheretoWas(vcpu, b)
}

function sayExit(vm: Vm, vcpu: Vcpu, back: u32, times: u32, isSameRound: bool): void {
  beginLine(vcpu)
  log.text('  ')
  if (isSameRound) log.text('and ')
  else if (times > 1) {
    log.decimal(times)
    log.text(' times: ')
  }
  const what = whatWas(vcpu, back)
  if (isInterrupt(what)) {
    log.text('interrupt ')
    log.decimal(intidOf(what))
  } else describeKept(vm, what, wheretoWas(vcpu, back), wheretoWas(vcpu, back))
  log.text(', pc ')
  log.hex(pcWas(vcpu, back))
  log.end()
}

/** `"exits":[...]`, the latest first: numbers alone, so that all of them fit a record. */
export function addHistory(vcpu: Vcpu): void {
  log.text(',"exits":[')
  const kept = keptOf(vcpu)
  for (let back: u32 = 0; back < kept; back++) {
    log.text(back ? ',{"pc":"' : '{"pc":"')
    log.hex(pcWas(vcpu, back))
    const what = whatWas(vcpu, back)
    if (isInterrupt(what)) {
      log.text('","intid":')
      log.decimal(intidOf(what))
    } else {
      log.text('","esr":"')
      log.hex(what)
      if (isAbort(what)) {
        log.text('","at":"')
        log.hex(wheretoWas(vcpu, back))
      }
      log.text('"')
    }
    log.text('}')
  }
  log.text(']')
}

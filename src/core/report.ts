/** What a person reads of a VM's life and faults: who, what, where, and what happens next. */

import {
  CAUSE_CRASH,
  CAUSE_DEBUG,
  CAUSE_OFF,
  CAUSE_PAUSE,
  CAUSE_READY,
  CAUSE_REFUSED,
  CAUSE_RESET,
  CAUSE_RESTART,
  CAUSE_STOP,
} from '../abi/control'
import { EXTENSION_CONTROL } from '../abi/extension'
import {
  REACT_REBOOT,
  REACT_RESTART,
  REACT_START,
  REACT_STOP,
  STATE_CRASHED,
  STATE_PAUSED,
  STATE_RUNNING,
  STATE_STARTING,
  STATE_STOPPED,
} from '../abi/life'
import { hasExtension } from './extension'
import * as log from './log'
import { wish } from './react'
import { sayHistory } from './report-history'
import { reportPlace, vmName } from './report-word'
import { HOST, NET, serviceAt } from './service'
import { vcpuAt } from './vcpu'
import { loadAt, NAME_SIZE, nameOf, Stop, Vm, vmAt } from './vm'

// A VM's end is told as it is noted.
if (Stop.Off != CAUSE_OFF || Stop.Reset != CAUSE_RESET || Stop.Crash != CAUSE_CRASH) ERROR('Stop: CAUSE_* differ')
if (Stop.Refused != CAUSE_REFUSED || Stop.Asked != CAUSE_STOP || Stop.Again != CAUSE_RESTART)
  ERROR('Stop: CAUSE_* differ')

export function reportStart(vm: Vm): void {
  let bytes: u64 = 0
  for (let i: u32 = 0; i < vm.loadCount; i++) bytes += loadAt(vm, i).length
  log.begin()
  log.text('vm ')
  log.bytes(nameOf(vm), NAME_SIZE)
  log.text(': scrub ')
  figure(vm.ramSize, vm.scrubTicks)
  log.text(', copy ')
  figure(bytes, vm.copyTicks)
  log.text(', check ')
  figure(bytes, vm.checkTicks)
  log.end()
  log.announce(vm.index, STATE_RUNNING, CAUSE_READY)
}

function figure(bytes: u64, ticks: u64): void {
  log.decimal(bytes)
  log.text(' bytes in ')
  log.decimal(ticks)
  log.text(' ticks')
}

export function reportBadImage(vm: Vm, index: u32): void {
  log.begin()
  vmName(vm)
  log.text(' cannot start: image ')
  log.decimal(index)
  log.text(' does not match its hash; build the bundle again and check the storage it came from')
  log.end()
}

/** `delay`: ticks before it starts again. */
export function reportEnd(vm: Vm, stop: u32, reaction: u32, delay: u64): void {
  const isCrash = stop === Stop.Crash || stop === Stop.Refused
  // A VM that starts again at once would wait for the console.
  if (stop === Stop.Crash && (reaction !== REACT_RESTART || delay) && hasExtension(EXTENSION_CONTROL))
    sayHistory(vcpuAt(vm.firstVcpu + vm.culprit))
  log.announce(vm.index, reaction === REACT_RESTART ? STATE_STARTING : isCrash ? STATE_CRASHED : STATE_STOPPED, stop)
  if (stop === Stop.Refused && reaction === REACT_STOP) return // its own line has been said
  log.begin()
  vmName(vm)
  log.text(endName(stop))
  if (reaction === REACT_RESTART) {
    log.text('; it starts again')
    if (delay) {
      log.text(' in ')
      log.seconds(delay)
    }
  } else {
    log.text(wish(vm, stop) === REACT_RESTART ? '; its restart limit is reached, ' : '; ')
    if (reaction >= <u32>REACT_START) {
      log.text('in its place starts ')
      vmName(vmAt(reaction - REACT_START))
    } else log.text(reaction === REACT_REBOOT ? 'the board reboots' : 'it stays off')
  }
  log.end()
}

function endName(stop: u32): string {
  switch (stop) {
    case Stop.Crash:
      return ' crashed'
    case Stop.Refused:
      return ' cannot run'
    case Stop.Reset:
      return ' reset itself'
    case Stop.Asked:
      return ' was stopped'
    case Stop.Again:
      return ' is restarted'
  }
  return ' powered itself off'
}

export function reportPaused(vm: Vm): void {
  // A debugger halts it again and again.
  if (!vm.isDebugged) {
    log.begin()
    vmName(vm)
    log.text(' is paused')
    log.end()
  }
  log.announce(vm.index, STATE_PAUSED, vm.isDebugged ? CAUSE_DEBUG : CAUSE_PAUSE)
}

export function reportPowerOff(): void {
  log.line('all VMs have ended; the board powers off')
}

/** host failed. Of many faults the first few and ever fewer are told: a VM that could cause them could otherwise fill the screen. */
export function reportHostFault(): void {
  reportService(HOST, 'the console', '; VMs run on without it')
}

/** Nobody gets a frame through it until it has begun anew, which it did at once or never will. */
export function reportSwitchFault(): void {
  reportService(NET, 'the network switch', '; frames that it has not placed before are lost')
}

/** `end` is said of one that did not begin anew. */
export function reportService(service: u32, name: string, end: string): void {
  const host = serviceAt(service)
  const faults = host.faults
  if (faults > 8 && popcnt(faults) !== 1 && host.isUp) return
  log.begin()
  log.text(name)
  log.text(' failed (fault ')
  log.decimal(faults)
  log.text('): ')
  reportPlace(host.faultCode, host.faultFile, host.faultLine, host.faultPc, host.faultAddress)
  log.text(host.isUp ? '; it began anew' : end)
  log.end()
}

/** What replies say of the board and of a VM. Numbers are of the VM's present life; `ms` are milliseconds of the board's counter. */

import { PROTOCOL_VERSION } from '../../abi/control'
import { MAX_CPUS } from '../../abi/layout'
import {
  FIGURE_ACCESSES,
  FIGURE_CORES,
  FIGURE_HYPERCALLS,
  FIGURE_INTERRUPTS,
  FIGURE_MEMORY,
  FIGURE_MILLISECONDS,
  FIGURE_RESTARTS,
  FIGURE_STOLEN,
  FIGURE_TRAPS,
  FIGURE_VCPU_SHIFT,
  FIGURE_VCPUS,
  FIGURE_VCPUS_ON,
} from '../../abi/life'
import { textAt } from '../../lib/literal'
import { boardByte, vmFigure, vmState } from '../core'
import { stateName } from '../notice'
import { sourceAt, VMS } from '../source'
import { add, addByte, addCharacter, addField, addNumber } from './record'
import { milliseconds } from './session'

export function addHello(): void {
  add('{"protocol":')
  addNumber(PROTOCOL_VERSION)
  add(',"build":"Bulkhead 0.1.0","board":"')
  for (let i: u32 = 0; boardByte(i); i++) addCharacter(boardByte(i))
  add('","vms":[')
  let isFirst = true
  for (let vm: u32 = 0; vm < VMS; vm++) {
    if (sourceAt(vm).nameLength === 0) continue
    if (!isFirst) add(',')
    isFirst = false
    addName(vm)
  }
  add(']')
  addField('ms', milliseconds())
  add('}')
}

export function addStatus(vm: u32): void {
  add('{"vm":')
  addName(vm)
  add(',"state":"')
  add(stateWord(vmState(vm)))
  add('"')
  addField('vcpus', vmFigure(vm, FIGURE_VCPUS))
  addField('on', vmFigure(vm, FIGURE_VCPUS_ON))
  addCores(<u32>vmFigure(vm, FIGURE_CORES))
  addField('memory', vmFigure(vm, FIGURE_MEMORY))
  addField('cpuMs', vmFigure(vm, FIGURE_MILLISECONDS))
  addField('stolenMs', vmFigure(vm, FIGURE_STOLEN))
  addField('hypercalls', vmFigure(vm, FIGURE_HYPERCALLS))
  addField('accesses', vmFigure(vm, FIGURE_ACCESSES))
  addField('interrupts', vmFigure(vm, FIGURE_INTERRUPTS))
  addField('traps', vmFigure(vm, FIGURE_TRAPS))
  addField('restarts', vmFigure(vm, FIGURE_RESTARTS))
  addEach(vm)
  addField('ms', milliseconds())
  add('}')
}

/** vCPU by vCPU, as many as a record holds. */
function addEach(vm: u32): void {
  const vcpus = min<u32>(<u32>vmFigure(vm, FIGURE_VCPUS), MAX_CPUS)
  add(',"each":[')
  for (let i: u32 = 0; i < vcpus; i++) {
    const one = (i + 1) << FIGURE_VCPU_SHIFT
    add(i ? ',{"core":' : '{"core":')
    addNumber(ctz<u64>(vmFigure(vm, FIGURE_CORES | one) | (1 << MAX_CPUS)))
    addField('cpuMs', vmFigure(vm, FIGURE_MILLISECONDS | one))
    addField('stolenMs', vmFigure(vm, FIGURE_STOLEN | one))
    add('}')
  }
  add(']')
}

/** With its quotes. */
export function addName(vm: u32): void {
  const source = sourceAt(vm)
  add('"')
  for (let i: u32 = 0; i < source.nameLength; i++) addCharacter(source.nameAt(i))
  add('"')
}

/** Without the blank in front. */
export function stateWord(state: u32): string {
  return textAt(changetype<usize>(stateName(state)) + 1)
}

function addCores(bitmap: u32): void {
  add(',"cores":[')
  let rest = bitmap & ((1 << MAX_CPUS) - 1)
  for (let core: u32 = 0; core < <u32>MAX_CPUS; core++) {
    const bit: u32 = 1 << core
    if (!(rest & bit)) continue
    rest &= ~bit
    addNumber(core)
    if (rest) addByte(0x2c)
  }
  add(']')
}

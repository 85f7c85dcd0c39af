/** `ps`: a line for each VM with its state and what it has used, out of core's accounts. */

import { MAX_CPUS } from '../abi/layout'
import {
  FIGURE_CORES,
  FIGURE_EXITS,
  FIGURE_MILLISECONDS,
  FIGURE_RESTARTS,
  FIGURE_VCPUS,
  FIGURE_VCPUS_ON,
} from '../abi/life'
import { vmFigure, vmState } from './core'
import { hasRoom, name, number, pad, say, sayByte, stateName } from './notice'
import { nameColumns, sourceAt, VMS } from './source'

const STATE_COLUMNS: u32 = 9

export function sayAccounts(): void {
  if (!hasRoom()) return
  pad(nameColumns() - say('VM'))
  say(' state    vCPUs    CPU time      exits restarts  cores\n')
  for (let vm: u32 = 0; vm < VMS; vm++) {
    if (sourceAt(vm).nameLength === 0) continue
    if (!hasRoom()) return
    account(vm)
  }
}

function account(vm: u32): void {
  name(vm, nameColumns())
  pad(STATE_COLUMNS - say(stateName(vmState(vm))))
  number(vmFigure(vm, FIGURE_VCPUS_ON), 3)
  sayByte(0x2f)
  number(vmFigure(vm, FIGURE_VCPUS), 1)
  const milliseconds = vmFigure(vm, FIGURE_MILLISECONDS)
  number(milliseconds / 1000, 9)
  sayByte(0x2e)
  number((milliseconds % 1000) / 100, 1)
  say(' s')
  number(vmFigure(vm, FIGURE_EXITS), 11)
  number(vmFigure(vm, FIGURE_RESTARTS), 9)
  cores(<u32>vmFigure(vm, FIGURE_CORES))
  sayByte(0x0a)
}

function cores(bitmap: u32): void {
  say('  ')
  let rest = bitmap
  for (let core: u32 = 0; core < <u32>MAX_CPUS; core++) {
    const bit: u32 = 1 << core
    if (!(rest & bit)) continue
    rest &= ~bit
    number(core, 1)
    if (rest) sayByte(0x2c)
  }
}

/** The method `create`: a VM of a template, by a name of the operator's or the template's own. */

import { CAUSE_CREATE, ERROR_BAD_NAME, ERROR_PARAMS } from '../../abi/control'
import { MAX_VMS } from '../../abi/layout'
import { CONTROL_DONE, CONTROL_UNKNOWN_TEMPLATE } from '../../abi/life'
import { templateByte, vmCreate, vmState } from '../core'
import { NAME_SIZE, setName } from '../source'
import { tellState } from './event'
import { takePlace } from './place'
import { endRecord } from './record'
import { beginReply, errorOf, refuse } from './reply'
import { templateFrom, templateTo, vmFrom, vmTo } from './request'
import { addStatus } from './status'

const NAME = memory.data(32, 8)

export function serveCreate(): void {
  if (templateFrom === 0) {
    refuse(ERROR_PARAMS)
    return
  }
  const template = templateNamed()
  const length = <u32>(vmTo - vmFrom)
  memory.fill(NAME, 0, 32)
  if (vmFrom !== 0) {
    if (length === 0 || length > NAME_SIZE) {
      refuse(ERROR_BAD_NAME)
      return
    }
    memory.copy(NAME, vmFrom, length)
  }
  const answer =
    template < <u32>MAX_VMS
      ? vmCreate(template, load<u64>(NAME), load<u64>(NAME, 8), load<u64>(NAME, 16), load<u64>(NAME, 24))
      : CONTROL_UNKNOWN_TEMPLATE
  if ((answer & 0xff) !== CONTROL_DONE) {
    refuse(errorOf(answer & 0xff))
    return
  }
  begin(answer >> 8, template)
}

/** Its lines and its keyboard begin anew, by its name. */
function begin(vm: u32, template: u32): void {
  takePlace(vm)
  for (let i: u32 = 0; i < NAME_SIZE; i++) {
    const ch: u32 = vmFrom !== 0 ? load<u8>(NAME + i) : templateByte(template, i)
    if (!ch) break
    setName(vm, i, ch)
  }
  tellState(vm, vmState(vm), CAUSE_CREATE)
  beginReply()
  addStatus(vm)
  endRecord()
}

/** MAX_VMS if there is none. */
function templateNamed(): u32 {
  const length = <u32>(templateTo - templateFrom)
  for (let template: u32 = 0; template < <u32>MAX_VMS; template++) {
    let i: u32 = 0
    while (i < length && templateByte(template, i) === <u32>load<u8>(templateFrom + i)) i++
    if (length && i === length && templateByte(template, i) === 0) return template
  }
  return MAX_VMS
}

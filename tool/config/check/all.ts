/** What the checks look at. */
type Wish = Pick<
  Draft,
  'vms' | 'vmCount' | 'machine' | 'networks' | 'shared' | 'disks' | 'confirm' | 'control' | 'wire'
>

/** Every check that needs no file: what the config says, against itself and the board. */
import type { Problem } from '../../ui/failure.ts'
import type { Draft } from '../system.ts'
import { checkBalloons } from './balloon.ts'
import { checkBoard } from './board.ts'
import { checkConfirm } from './confirm.ts'
import { checkControl, checkWire } from './control.ts'
import { checkCores } from './core.ts'
import { checkDebug } from './debug.ts'
import { checkDisks } from './disk.ts'
import { checkDtb } from './dtb.ts'
import { checkGpio } from './gpio.ts'
import { checkLives } from './life.ts'
import { checkRam } from './memory.ts'
import { checkCount, checkNames } from './name.ts'
import { checkNetworks } from './network.ts'
import { checkPassthrough } from './passthrough.ts'
import { checkShares } from './share.ts'
import { checkShared } from './shared-memory.ts'
import { checkSockets } from './socket.ts'
import { checkTemplates, isTemplate } from './template.ts'

export function checkAll({ vms, vmCount, machine, networks, shared, disks, confirm, control, wire }: Wish): Problem[] {
  const made = vms.filter((vm) => !isTemplate(vm))
  return [
    ...checkBoard(machine),
    ...checkCount(vmCount),
    ...checkNames(vms),
    ...checkCores(vms, machine),
    ...checkShares(made),
    ...checkTemplates(vms, machine),
    ...checkLives(vms),
    ...checkConfirm(confirm, vms, machine),
    ...checkDebug(vms, control),
    ...checkControl(vms, control),
    ...checkWire(wire, vms, machine),
    ...checkNetworks(vms, networks, machine),
    ...(vms.length === vmCount ? [...checkSockets(vms), ...checkShared(shared, vms, machine)] : []), // a VM that is wrong elsewhere is not missing
    ...checkDisks(vms, disks, machine),
    ...checkBalloons(vms),
    ...vms.flatMap(checkDtb),
    ...checkPassthrough(vms, machine),
    ...checkGpio(vms, machine),
    ...checkRam(made, machine),
  ]
}

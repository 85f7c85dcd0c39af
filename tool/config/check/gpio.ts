/** A line of the board's GPIO is one VM's, and of nobody who needs its pin for something else. */
import type { Problem } from '../../ui/failure.ts'
import { type BoardDevice, meet, pagesOf } from '../board-device.ts'
import { linesOf } from '../device.ts'
import type { Machine, Vm } from '../system.ts'

type Reason = Omit<Problem, 'path'>

interface Line {
  vm: Vm
  path: string
  pin: number
  name: string
  pull?: string
}

export function checkGpio(vms: readonly Vm[], machine?: Machine): Problem[] {
  if (!machine) return []
  const lines = vms.flatMap((vm) => namedLines(vm))
  const found: Problem[] = []
  for (const [i, line] of lines.entries()) {
    const reason = withBoard(line, machine) ?? withOthers(line, lines.slice(0, i)) ?? withDevices(line, vms, machine)
    if (reason) found.push({ path: line.path, ...reason })
  }
  return found
}

function namedLines(vm: Vm): Line[] {
  const slot = vm.virtio.findIndex(({ virtio }) => virtio === 'gpio')
  if (slot < 0) return []
  const path = `vms[${vm.index}].devices[${vm.places[slot]}].lines`
  return linesOf(vm).map((line) => ({ vm, path: `${path}.${line.name}`, ...line }))
}

function withBoard({ pin, pull }: Line, { board }: Machine): Reason | undefined {
  const { gpio, sd } = board
  if (!gpio) return { reason: `${board.name} has no GPIO that VMs can have`, remedy: 'leave virtio.gpio() out' }
  if (pin >= gpio.pins) {
    return { reason: `${board.name} has no pin ${pin} for VMs`, remedy: `write 0 to ${gpio.pins - 1}` }
  }
  if (sd?.consolePins.includes(pin)) {
    return { reason: `the board's console is on pin ${pin}`, remedy: 'use another pin' }
  }
  if (pull === undefined || sd) return undefined
  return { reason: `nobody on ${board.name} sets what a pin is pulled to`, remedy: 'leave pull out' }
}

function withOthers({ vm, pin }: Line, earlier: readonly Line[]): Reason | undefined {
  const other = earlier.find((each) => each.pin === pin)
  if (!other) return undefined
  const whose = other.vm === vm ? `line '${other.name}'` : `'${other.name}' of VM '${other.vm.name}'`
  return { reason: `pin ${pin} is ${whose} already`, remedy: 'use another pin' }
}

/** Its pins, or the block itself. */
function withDevices({ pin }: Line, vms: readonly Vm[], { board }: Machine): Reason | undefined {
  const block = { start: board.gpio!.base, end: board.gpio!.base + 1 }
  for (const { name: vm, passthrough } of vms) {
    for (const name of passthrough) {
      const device: BoardDevice | undefined = board.devices?.[name]
      if (!device) continue
      if (device.pins?.numbers.includes(pin)) {
        return { reason: `${name} of VM '${vm}' needs pin ${pin}`, remedy: 'use another pin' }
      }
      if (meet(pagesOf(device), block)) {
        return { reason: `VM '${vm}' has all lines by its ${name}`, remedy: `leave ${name} out there` }
      }
    }
  }
  return undefined
}

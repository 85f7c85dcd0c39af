/** Who may steer the board, and over which of its UARTs. */
import { VIRTIO_SLOTS } from '../../../src/abi/guest-machine.ts'
import type { Problem } from '../../ui/failure.ts'
import { suggestion } from '../../ui/suggest.ts'
import { pagesOf } from '../board-device.ts'
import type { Machine, Vm } from '../system.ts'
import { isTemplate } from './template.ts'

export function checkControl(vms: readonly Vm[], control: boolean): Problem[] {
  const [first, ...others] = vms.filter((vm) => vm.control)
  if (!first) return []
  return [
    ...others.map(({ index }) => ({
      path: `vms[${index}].control`,
      reason: `'${first.name}' steers the board already, and two would undo each other's work`,
      remedy: 'leave it to one of them',
    })),
    ...refuse(first, !control, 'nobody may: the config says control: false', 'remove one of the two'),
    ...refuse(first, isTemplate(first), "a template's VMs come and go", 'give it to a VM that boot makes'),
    ...refuse(
      first,
      first.virtio.length > VIRTIO_SLOTS,
      `its line wants one more slot than the ${VIRTIO_SLOTS} that there are`,
      'list a device less',
    ),
  ]
}

function refuse({ index }: Vm, isWrong: boolean, reason: string, remedy: string): Problem[] {
  return isWrong ? [{ path: `vms[${index}].control`, reason, remedy }] : []
}

/** A UART for the control line is one that the board has, and nothing of it is a VM's. */
export function checkWire(wire: string | undefined, vms: readonly Vm[], machine?: Machine): Problem[] {
  if (wire === undefined || !machine) return []
  const { board } = machine
  const path = 'control.uart'
  const own = board.wires && Object.hasOwn(board.wires, wire) ? board.wires[wire] : undefined
  if (!own) {
    const names = Object.keys(board.wires ?? {})
    const remedy =
      names.length > 0 ? suggestion(wire, names) : 'leave it out: records then go between those of the console'
    return [{ path, reason: `${board.name} has no UART '${wire}' for the control line`, remedy }]
  }
  return vms.flatMap((vm) =>
    vm.passthrough.flatMap((name) => {
      const device = board.devices?.[name]
      if (!device) return []
      const { start, end } = pagesOf(device)
      const isShared = (own.base >= start && own.base < end) || device.intids.includes(own.intid)
      if (!isShared) return []
      const reason = `VM '${vm.name}' has ${name}, which shares a page or an interrupt with ${wire}`
      return [{ path, reason, remedy: 'take one of the two away' }]
    }),
  )
}

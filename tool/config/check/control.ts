/** The VM that may steer the board. */
import { VIRTIO_SLOTS } from '../../../src/abi/guest-machine.ts'
import type { Problem } from '../../ui/failure.ts'
import type { Vm } from '../system.ts'
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

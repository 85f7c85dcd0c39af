/** The list of a VM's devices: names of models, and what the functions of `virtio` make. */
import { z } from 'zod'
import { VIRTIO_SLOTS } from '../../src/abi/guest-machine.ts'
import { suggestion } from '../ui/suggest.ts'
import { DEVICE_NAMES, type DeviceName, VIRTIO_TYPES, type VirtioDevice } from './device.ts'
import { rule } from './rule.ts'

const name = rule(z.string(), (value, refuse) => {
  if (value in VIRTIO_TYPES) refuse(`'${value}' is a para-virtual device`, `write virtio.${value}()`)
  else if (!(DEVICE_NAMES as string[]).includes(value)) {
    refuse(`'${value}' is no device`, suggestion(value, DEVICE_NAMES))
  }
}) as unknown as z.ZodType<DeviceName>

const paraVirtual = z.strictObject({
  virtio: z.enum(Object.keys(VIRTIO_TYPES) as [VirtioDevice['virtio'], ...VirtioDevice['virtio'][]]),
}) satisfies z.ZodType<VirtioDevice>

export const devices = rule(z.array(z.union([name, paraVirtual])), (list, refuse) => {
  const names = list.filter((device) => typeof device === 'string')
  const twice = names.find((value, i) => names.indexOf(value) < i)
  if (twice) refuse(`'${twice}' is listed twice`, 'list each device once')
  const slots = list.filter((device) => typeof device === 'object')
  if (slots.length > VIRTIO_SLOTS) {
    refuse(`${slots.length} para-virtual devices are more than a VM has slots for`, `list at most ${VIRTIO_SLOTS}`)
  }
  if (slots.filter(({ virtio }) => virtio === 'console').length > 1) {
    refuse("a VM has one line to the board's console, and two consoles for it", 'keep one virtio.console()')
  }
})

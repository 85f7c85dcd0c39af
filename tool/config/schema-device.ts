/** The list of a VM's devices: names of models, and what the functions of `virtio` make. */
import { z } from 'zod'
import { VIRTIO_SLOTS } from '../../src/abi/guest-machine.ts'
import { PAGE_SIZE } from '../../src/abi/layout.ts'
import { suggestion } from '../ui/suggest.ts'
import { DEVICE_NAMES, type DeviceName, VIRTIO_TYPES, type VirtioDevice } from './device.ts'
import { rule } from './rule.ts'
import { terminal } from './schema-console.ts'
import { partition } from './schema-disk.ts'
import { gpio } from './schema-gpio.ts'
import { limit } from './schema-limit.ts'
import { net } from './schema-network.ts'
import { file, size } from './schema-size.ts'
import { socket } from './schema-socket.ts'
import { parseSize, sizeLiteral } from './size.ts'

/** MAX_DISKS in src/core/vm.ts. */
const DISKS_MOST = 8
const DISK_LEAST = PAGE_SIZE

const diskSize = rule(size, (value, refuse) => {
  const bytes = parseSize(value)
  if (bytes !== undefined && (bytes < DISK_LEAST || bytes % PAGE_SIZE)) {
    const up = Math.max(1, Math.ceil(bytes / PAGE_SIZE)) * PAGE_SIZE
    refuse(`${bytes} bytes are not a multiple of 4 KiB`, `write ${sizeLiteral(up)}`)
  }
})

const name = rule(z.string(), (value, refuse) => {
  if (value === 'control') refuse("'control' is no device", 'write control: true beside devices')
  else if (value in VIRTIO_TYPES) refuse(`'${value}' is a para-virtual device`, `write virtio.${value}()`)
  else if (!(DEVICE_NAMES as string[]).includes(value)) {
    refuse(`'${value}' is no device`, suggestion(value, DEVICE_NAMES))
  }
}) as unknown as z.ZodType<DeviceName>

const entropy = z.strictObject({ virtio: z.literal('entropy'), limit: limit.optional() })

const disk = rule(
  z.strictObject({
    virtio: z.literal('block'),
    disk: z.string().optional(),
    partition: partition.optional(),
    image: file.optional(),
    size: diskSize.optional(),
    readOnly: z.boolean().optional(),
    overlay: diskSize.optional(),
    limit: limit.optional(),
  }),
  ({ disk, partition, image, size, readOnly, overlay }, refuse) => {
    if (disk !== undefined) {
      if (image !== undefined || size !== undefined || overlay !== undefined) {
        refuse('a disk of the board is what it is', 'remove image, size and overlay')
      }
      return
    }
    if (partition !== undefined) return refuse('a partition of which disk', "name one of the board's: disk: 'main'")
    if (image === undefined && size === undefined)
      refuse('a disk of what', "name its image, a size: '16M', or a disk of the board")
    else if (image !== undefined && size !== undefined) refuse('a disk is as large as its image', 'remove size')
    else if (readOnly && image === undefined) refuse('nobody could ever write this disk', 'name its image')
    if (readOnly && overlay !== undefined) refuse('a read-only disk takes no writes', 'remove overlay or readOnly')
  },
)

const balloon = z.strictObject({ virtio: z.literal('balloon'), target: size.optional(), limit: limit.optional() })

const paraVirtual = z.union([entropy, terminal, disk, net, balloon, socket, gpio]) satisfies z.ZodType<VirtioDevice>

export const devices = rule(z.array(z.union([name, paraVirtual])), (list, refuse) => {
  const names = list.filter((device) => typeof device === 'string')
  const twice = names.find((value, i) => names.indexOf(value) < i)
  if (twice) refuse(`'${twice}' is listed twice`, 'list each device once')
  const slots = list.filter((device) => typeof device === 'object')
  if (slots.length > VIRTIO_SLOTS) {
    refuse(`${slots.length} para-virtual devices are more than a VM has slots for`, `list at most ${VIRTIO_SLOTS}`)
  }
  const disks = slots.filter(({ virtio }) => virtio === 'block')
  if (disks.length > DISKS_MOST) refuse(`${disks.length} disks are too many for a VM`, `list at most ${DISKS_MOST}`)
  if (slots.filter(({ virtio }) => virtio === 'balloon').length > 1) {
    refuse('a VM has one RAM, and two balloons for it', 'keep one virtio.balloon()')
  }
  if (slots.filter(({ virtio }) => virtio === 'socket').length > 1) {
    refuse('a VM has one address for its sockets, and two devices for it', 'keep one virtio.socket(...)')
  }
  if (slots.filter(({ virtio }) => virtio === 'gpio').length > 1) {
    refuse('a VM has one GPIO', 'name all of its lines in one virtio.gpio()')
  }
  if (slots.filter(({ virtio }) => virtio === 'console').length > 1) {
    refuse("a VM has one line to the board's console, and two consoles for it", 'keep one virtio.console()')
  }
})

/** The shape of the board's disks, and of VMs' disks that are on them. */
import { z } from 'zod'
import { PARTITION_NAME_MOST } from '../../src/abi/storage.ts'
import type { DiskConfig } from './disk.ts'
import { rule } from './rule.ts'
import { file, size } from './schema-size.ts'
import { parseSize, sizeLiteral } from './size.ts'

const MiB = 2 ** 20
/** src/storage/partition.ts. */
const PARTITIONS_MOST = 128

/** GPT has room for so many characters; the hypervisor knows ASCII. */
function isName(value: string): boolean {
  return value.length > 0 && value.length <= PARTITION_NAME_MOST && /^[\x21-\x7e]+$/.test(value)
}

const NAME = `write a name of up to ${PARTITION_NAME_MOST} ASCII characters without spaces, such as 'root'`

export const partition = rule(z.union([z.string(), z.int()]), (value, refuse) => {
  if (typeof value === 'string') {
    if (!isName(value)) refuse(`'${value}' names no partition`, NAME)
  } else if (value < 1 || value > PARTITIONS_MOST) {
    refuse(`${value} is no partition's number`, `write 1 to ${PARTITIONS_MOST}, or the partition's name`)
  }
})

const partitionSize = rule(size, (value, refuse) => {
  const bytes = parseSize(value)
  if (bytes === undefined || (bytes >= MiB && bytes % MiB === 0)) return
  refuse('partitions are whole MiB', `write ${sizeLiteral(Math.max(1, Math.ceil(bytes / MiB)) * MiB)}`)
})

const made = rule(z.strictObject({ size: partitionSize.optional(), image: file.optional() }), (value, refuse) => {
  if (value.size === undefined && value.image === undefined) {
    refuse('a partition of what size', "name its image, or a size: '64M'")
  }
})

const partitions = rule(z.record(z.string(), made), (value, refuse) => {
  for (const name of Object.keys(value)) if (!isName(name)) refuse(`'${name}' names no partition`, NAME, name)
  const count = Object.keys(value).length
  if (count > PARTITIONS_MOST) refuse(`${count} partitions are too many`, `have at most ${PARTITIONS_MOST}`)
})

const disk = rule(
  z.strictObject({ file: file.optional(), partitions: partitions.optional() }),
  ({ file, partitions }, refuse) => {
    if (partitions && file === undefined) refuse('partitions of which file', "name one: file: 'disk.img'")
  },
) satisfies z.ZodType<DiskConfig>

export const disks = z.record(z.string(), disk)

/** The shape of memories that VMs share. */
import { z } from 'zod'
import { MAX_SHARED, PAGE_SIZE } from '../../src/abi/layout.ts'
import { SHARED_PEERS_MOST } from '../../src/abi/shared-memory.ts'
import { rule } from './rule.ts'
import { size } from './schema-size.ts'
import type { SharedMemoryConfig } from './shared-memory.ts'
import { parseSize, sizeLiteral } from './size.ts'

const NAME_MOST = 31
const SECTION_MOST = 2 ** 28

const section = rule(size, (value, refuse) => {
  const bytes = parseSize(value)
  if (bytes === undefined) return
  if (bytes < PAGE_SIZE || bytes % PAGE_SIZE) {
    const up = Math.max(1, Math.ceil(bytes / PAGE_SIZE)) * PAGE_SIZE
    refuse(`${bytes} bytes are not a multiple of 4 KiB`, `write ${sizeLiteral(up)}`)
  } else if (bytes > SECTION_MOST) refuse('a section is too large', `write at most ${sizeLiteral(SECTION_MOST)}`)
})

const vms = rule(z.array(z.string()), (names, refuse) => {
  const again = names.find((name, i) => names.indexOf(name) < i)
  if (names.length < 2) refuse('a memory that nobody shares', "name two VMs or more: vms: ['one', 'two']")
  else if (names.length > SHARED_PEERS_MOST)
    refuse(`${names.length} VMs are too many`, `name at most ${SHARED_PEERS_MOST}`)
  else if (again !== undefined) refuse(`'${again}' is listed twice`, 'list each VM once')
})

const memory = rule(
  z.strictObject({ vms, size: section.optional(), output: section.optional() }),
  ({ size, output }, refuse) => {
    if (size === undefined && output === undefined) {
      refuse('a memory of no bytes', "say size: '64K' for what all write, or output: '16K' for what each writes alone")
    }
  },
) satisfies z.ZodType<SharedMemoryConfig>

export const sharedMemories = rule(z.record(z.string(), memory), (value, refuse) => {
  const names = Object.keys(value)
  for (const name of names) {
    if (!/^[a-z][a-z0-9-]*$/.test(name) || name.length > NAME_MOST) {
      refuse('a memory is named by a letter and more of a-z, 0-9 and -', "write a name such as 'ring'", name)
    }
  }
  if (names.length > MAX_SHARED) refuse(`${names.length} shared memories are too many`, `have at most ${MAX_SHARED}`)
})

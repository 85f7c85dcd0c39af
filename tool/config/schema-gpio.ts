/** The shape of a GPIO device. */
import { z } from 'zod'
import { GPIO_LINES_MOST } from '../../src/abi/gpio.ts'
import type { VirtioDevice } from './device.ts'
import { rule } from './rule.ts'
import { limit } from './schema-limit.ts'

const NAME_MOST = 31
/** NAMES_MOST in src/vmm/virtio/gpio.ts, less what whole pieces waste. */
const NAMES_MOST = 248

const pin = rule(z.int(), (value, refuse) => {
  if (value < 0) refuse(`${value} is no pin`, 'write the number that the board has for it')
})
const line = z.union([pin, z.strictObject({ pin, pull: z.enum(['up', 'down', 'none']).optional() })])

const lines = rule(z.record(z.string(), line), (value, refuse) => {
  const names = Object.keys(value)
  if (names.length === 0) refuse('a GPIO without lines', 'name some: lines: { led: 17 }')
  if (names.length > GPIO_LINES_MOST) refuse(`${names.length} lines are too many`, `name at most ${GPIO_LINES_MOST}`)
  for (const name of names) {
    if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(name) || name.length > NAME_MOST) {
      refuse('a line is named by a letter and more of A-Z, a-z, 0-9, _ and -', "write a name such as 'led'", name)
    }
  }
  const bytes = names.reduce((sum, name) => sum + name.length + 1, 0)
  if (bytes > NAMES_MOST) refuse(`the names have ${bytes} characters, ${NAMES_MOST} fit`, 'shorten them')
})

export const gpio = z.strictObject({
  virtio: z.literal('gpio'),
  lines,
  limit: limit.optional(),
}) satisfies z.ZodType<Extract<VirtioDevice, { virtio: 'gpio' }>>

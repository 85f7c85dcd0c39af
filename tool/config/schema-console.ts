/** A console and its further ports. */
import { z } from 'zod'
import { rule } from './rule.ts'
import { limit } from './schema-limit.ts'

/** src/vmm/virtio/console-port.ts: PORTS_MOST without the console's own, PORT_NAME_SIZE. */
const PORTS_MOST = 3
const NAME_MOST = 11
/** What the console's own port is called where a port is named. */
const FIRST = 'console'

const portName = rule(z.string(), (value, refuse) => {
  if (value === FIRST) refuse(`'${value}' is the console's own port`, 'choose another name')
  else if (!/^[a-z][a-z0-9-]*$/.test(value))
    refuse(`'${value}' is no name of a port`, "write a-z, 0-9 and -, as in 'log'")
  else if (value.length > NAME_MOST) refuse(`'${value}' is too long`, `write at most ${NAME_MOST} characters`)
})

const port = z.union([portName, z.strictObject({ name: portName, console: z.boolean().optional() })])

const ports = rule(z.array(port), (list, refuse) => {
  if (list.length > PORTS_MOST) refuse(`${list.length} ports are too many for a console`, `name at most ${PORTS_MOST}`)
  const names = list.map((one) => (typeof one === 'string' ? one : one.name))
  const twice = names.find((value, i) => names.indexOf(value) < i)
  if (twice !== undefined) refuse(`'${twice}' is named twice`, 'name each port once')
})

export const terminal = z.strictObject({
  virtio: z.literal('console'),
  ports: ports.optional(),
  limit: limit.optional(),
})

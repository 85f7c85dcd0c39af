/** The shape of socket devices. */
import { z } from 'zod'
import type { SocketDevice } from './device.ts'
import { rule } from './rule.ts'
import { limit } from './schema-limit.ts'
import { CID_LEAST, CID_MOST } from './socket.ts'

const cid = rule(z.int(), (value, refuse) => {
  if (value < CID_LEAST || value > CID_MOST) {
    refuse(`${value} is no VM's address`, `write ${CID_LEAST} to ${CID_MOST}, or leave it out`)
  }
})

const peers = rule(z.array(z.string()), (names, refuse) => {
  if (names.length === 0) refuse('a socket to nobody', "name a VM: peers: ['other']")
  const again = names.find((name, i) => names.indexOf(name) < i)
  if (again !== undefined) refuse(`'${again}' is listed twice`, 'list each VM once')
})

export const socket = z.strictObject({
  virtio: z.literal('socket'),
  peers,
  cid: cid.optional(),
  limit: limit.optional(),
}) satisfies z.ZodType<SocketDevice>

/** The shape of networks and of the devices that join them. */
import { z } from 'zod'
import type { VirtioDevice } from './device.ts'
import { macBytes, type NetworkConfig, type UplinkConfig } from './network.ts'
import { rule } from './rule.ts'
import { limit } from './schema-limit.ts'

/** IPv4's least (RFC 791), and what is called jumbo. */
const MTU_LEAST = 68
const MTU_MOST = 9216
const VLAN_MOST = 4094
const NETWORKS_MOST = 255
const NAME_MOST = 31
/** src/core/uplink-life.ts */
const SHARE_MOST = 90

const mtu = rule(z.int(), (value, refuse) => {
  if (value < MTU_LEAST) refuse(`${value} bytes are too few for a packet`, `write ${MTU_LEAST} or more`)
  else if (value > MTU_MOST) refuse(`${value} bytes are too many`, `write at most ${MTU_MOST}`)
})

const share = rule(z.int(), (value, refuse) => {
  if (value < 1 || value > SHARE_MOST) refuse(`${value} percent of a core cannot be`, `write 1 to ${SHARE_MOST}`)
})

const uplink = z.union([
  z.string(),
  z.strictObject({ nic: z.string(), share: share.optional(), vlan: z.lazy(() => vlan).optional() }),
]) satisfies z.ZodType<string | UplinkConfig>

const network = z.strictObject({
  kind: z.literal('internal').optional(),
  uplink: uplink.optional(),
  mtu: mtu.optional(),
  offload: z.boolean().optional(),
}) satisfies z.ZodType<NetworkConfig>

export const networks = rule(z.record(z.string(), network), (value, refuse) => {
  const names = Object.keys(value)
  for (const name of names) {
    if (!/^[a-z][a-z0-9-]*$/.test(name) || name.length > NAME_MOST) {
      refuse('a network is named by a letter and more of a-z, 0-9 and -', "write a name such as 'lan'", name)
    }
  }
  if (names.length > NETWORKS_MOST) refuse(`${names.length} networks are too many`, `have at most ${NETWORKS_MOST}`)
})

const mac = rule(z.string(), (value, refuse) => {
  const example = "write one such as '52:54:00:00:00:01'"
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(value)) return refuse(`'${value}' is no MAC address`, example)
  const bytes = macBytes(value)
  if (bytes[0]! & 1) refuse(`'${value}' is the address of a group: its first byte is odd`, example)
  else if (bytes.every((byte) => byte === 0)) refuse(`'${value}' is nobody's address`, example)
})

const vlan = rule(z.int(), (value, refuse) => {
  if (value < 1 || value > VLAN_MOST) refuse(`${value} is no VLAN`, `write 1 to ${VLAN_MOST}, or leave it out`)
})

export const net = z.strictObject({
  virtio: z.literal('net'),
  network: z.string(),
  mac: mac.optional(),
  vlan: vlan.optional(),
  open: z.boolean().optional(),
  limit: limit.optional(),
}) satisfies z.ZodType<Extract<VirtioDevice, { virtio: 'net' }>>

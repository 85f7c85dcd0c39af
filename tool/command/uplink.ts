/** What `bulkhead run` puts behind the board's network card, by the config and the command line. */
import type { System } from '../config/system.ts'
import { usedUplink } from '../image/extension.ts'
import { parseForward, parseNet, type QemuNet } from '../qemu/net.ts'
import { UserError } from '../ui/failure.ts'

/** Undefined for a system without an uplink. */
export function netOf(
  system: Pick<System, 'vms' | 'networks'>,
  net: string | undefined,
  forwards: readonly string[],
): QemuNet | undefined {
  if (!usedUplink(system)) {
    if (net === undefined && forwards.length === 0) return undefined
    throw new UserError(
      "--net and --forward want a network with an uplink: write networks: { lan: { uplink: 'nic0' } }",
    )
  }
  const back = parseNet(net ?? 'user')
  if (!back) throw new UserError(`--net ${net} is unknown; write --net user, or --net tap:IFNAME`)
  if (back.tap !== undefined && forwards.length > 0) throw new UserError('--forward works with --net user only')
  const rules = forwards.map((text) => {
    const rule = parseForward(text)
    if (!rule) throw new UserError(`--forward ${text} does not fit; write one such as tcp:2222:10.0.2.15:22`)
    return rule
  })
  return { ...back, forwards: rules }
}

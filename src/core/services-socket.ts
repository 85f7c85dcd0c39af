/** What core does for a socket device, one of the VM's ports. Everything asked is checked; a compartment that lies sends in its own VM's
 * name alone. */
import { OVER, sendPacket, sendResets } from './packet'
import { Port } from './port'
import { own } from './services-frame'

/** Sends what was gathered to `cid`: words of its header as they stand there, from the ports on. Payload bytes that went; from bit 32
 * on, 1: the rest waits, and is to be sent again, 2: no more of it is to be sent. */
export function packetSend(index: u32, cid: u64, ports: u64, kind: u64, credit: u64, forwarded: u32): u64 {
  const at = own(index)
  if (!at || !changetype<Port>(at).isSocket) return OVER
  return sendPacket(changetype<Port>(at), cid, ports, kind, credit, forwarded)
}

/** Brings resets of connections that ended elsewhere into the buffers that were offered. 1: there are more, and room for them. */
export function packetResets(index: u32): u32 {
  const at = own(index)
  return at && changetype<Port>(at).isSocket && sendResets(changetype<Port>(at)) ? 1 : 0
}

/** net: the switch between VMs. What core calls: src/core/net.ts is the other side. */
import * as port from './port'
import * as own from './switch'

/** `frequency` of the counter, Hz; once, over memory that is zero. */
export function init(frequency: u64): void {
  own.setFrequency(frequency)
}

/** A port of the config: its MAC address, first byte lowest; PORT_ bits, the VLAN from bit 16 on, the network from bit 32 on. */
export function addPort(index: u32, mac: u64, place: u64): void {
  if (index < port.PORTS) own.addPort(index, mac, place)
}

/** Its VM is no more. */
export function removePort(index: u32): void {
  if (index < port.PORTS) own.removePort(index)
}

/** The ports, a bit each, that get a frame from `index`; `head` are the frame's first 8 bytes, `rest` the 6 that follow. */
export function forward(index: u32, head: u64, rest: u64): u32 {
  return index < port.PORTS ? own.forward(index, head, rest) : 0
}

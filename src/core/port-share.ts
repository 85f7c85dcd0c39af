/**
 * Who holds how many of the buffers in which frames wait for the board's network card. Nobody may hold more than are free, so that
 * whoever floods it leaves room for the others, and one alone has half: A. K. Choudhury, E. L. Hahne, "Dynamic Queue Length Thresholds
 * for Shared-Memory Packet Switches". Under the uplink's port.lock.
 */
import { MAX_PORTS } from '../abi/layout'
import { UPLINK_TRANSMIT } from '../abi/uplink'

const BUFFERS: u32 = UPLINK_TRANSMIT
const NOBODY: u8 = 0xff
/** In place of a port whose VM is no more. */
const DEPARTED: u8 = <u8>MAX_PORTS
if (MAX_PORTS + 1 >= 0xff) ERROR('a port is a byte')

/** Of each port, how many; of each buffer, whose. */
const held = memory.data(36, 4)
const holders = memory.data(128, 4)
if (MAX_PORTS > 32 || BUFFERS > 128) ERROR('shares need more memory')

/** Nobody holds any. */
export function clear(): void {
  memory.fill(held, 0, MAX_PORTS + 1)
  memory.fill(holders, NOBODY, BUFFERS)
}

/** Whether `port` may take one more, of so many that are free. */
export function admits(port: u32, free: u32): bool {
  return <u32>load<u8>(held + port) < free
}

export function hold(port: u32, buffer: u32): void {
  store<u8>(held + port, load<u8>(held + port) + 1)
  store<u8>(holders + buffer, <u8>port)
}

/** What `port` holds counts for nobody from now on. */
export function disown(port: u32): void {
  if (!load<u8>(held + port)) return
  for (let buffer: usize = 0; buffer < <usize>BUFFERS; buffer++) {
    if (<u32>load<u8>(holders + buffer) === port) store<u8>(holders + buffer, DEPARTED)
  }
  store<u8>(held + DEPARTED, load<u8>(held + DEPARTED) + load<u8>(held + port))
  store<u8>(held + port, 0)
}

/** False: nobody held it. */
export function letGo(buffer: u32): bool {
  const port = load<u8>(holders + buffer)
  if (port === NOBODY) return false
  store<u8>(holders + buffer, NOBODY)
  store<u8>(held + port, load<u8>(held + port) - 1)
  return true
}

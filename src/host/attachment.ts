/** Whether the control protocol's extension is there, and whether somebody speaks the protocol: a person without the tool shall see no
 * records. */

let attached = false
/** A bit for each line on which somebody does. */
let sessions: u32 = 0

export function markAttached(): void {
  attached = true
}

export function isAttached(): boolean {
  return attached
}

/** With the first request that is one. */
export function openSession(line: u32): void {
  sessions |= 1 << line
}

export function closeSession(line: u32): void {
  sessions &= ~(1 << line)
}

export function hasSession(): boolean {
  return sessions !== 0
}

export function hasSessionOn(line: u32): boolean {
  return ((sessions >> line) & 1) !== 0
}

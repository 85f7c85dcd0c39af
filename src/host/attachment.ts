/** Whether the control protocol's extension is there, and whether somebody speaks the protocol: a person without the tool shall see no
 * records. */

let attached = false
let session = false

export function markAttached(): void {
  attached = true
}

export function isAttached(): boolean {
  return attached
}

/** With the first request that is one. */
export function openSession(): void {
  session = true
}

export function hasSession(): boolean {
  return session
}

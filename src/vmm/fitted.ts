/** Which models the VM's config lists, and which of them want to look at the time whenever a vCPU of the VM is told something. */

@unmanaged
class Fitted {
  /** DEVICE_*. */
  devices: u32
  /** LOOK_*. */
  looks: u32
}

const at = memory.data(8, 8)
function fitted(): Fitted {
  return changetype<Fitted>(at)
}

/** The clock has an alarm set; the watchdog counts; a sign of life is due. */
export const LOOK_CLOCK: u32 = 1
export const LOOK_WATCHDOG: u32 = 2
export const LOOK_HEART: u32 = 4

/** DEVICE_ bits. */
export function attach(bits: u32): void {
  fitted().devices = bits
}

export function hasDevice(bit: u32): bool {
  return (fitted().devices & bit) != 0
}

export function setLook(bit: u32, wanted: bool): void {
  const own = fitted()
  own.looks = wanted ? own.looks | bit : own.looks & ~bit
}

export function looks(): u32 {
  return fitted().looks
}

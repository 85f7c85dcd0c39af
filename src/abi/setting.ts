/**
 * What a bundle says of a VM's para-virtual devices beyond their types: pairs of a setting and its value, 64 bits each, in the
 * property `settings`. The slot in bits 63:56, or SETTING_OF_VM; which in 55:48; the value in 47:0.
 */

export const SETTING_SLOT_SHIFT = 56
export const SETTING_KEY_SHIFT = 48
export const SETTING_OF_VM = 0xff
/** For one VM. */
export const MAX_SETTINGS = 128

/** A device's operations and bytes in a second, and for how many microseconds it may have saved them up. */
export const SETTING_RATE = 1
export const SETTING_BANDWIDTH = 2
export const SETTING_BURST = 3
/** The VM's: interrupts of its para-virtual devices in a second. */
export const SETTING_INTERRUPTS = 4
/** A balloon's: pages of 4 KiB that are to be in it. */
export const SETTING_BALLOON = 5
/** The VM's: microseconds between two signs of life at most, and from its start to the first. */
export const SETTING_HEARTBEAT = 6
export const SETTING_FIRST_SIGN = 7
/** A GPIO device's: six more bytes of its lines' names, the first in bits 7:0. */
export const SETTING_GPIO_NAMES = 8
/** The VM's: memories that it shares with others. core's own, in no bundle. */
export const SETTING_SHARED = 9
/** A console's: six more bytes of the records of its further ports; a name of up to 11, NUL-padded, then 1 if it is a console. */
export const SETTING_PORT = 10

/** Extensions of the hypervisor that a bundle may bring: their numbers, and the header that each begins with (doc/extensions.md). */

/** Para-virtual devices: `src/vmm/virtio`, and what core does for them. */
export const EXTENSION_VIRTIO = 0
/** The control protocol: `src/host/control`, and what core tells by it. */
export const EXTENSION_CONTROL = 1
/** Devices of the board that a VM has to itself, and its watchdog. */
export const EXTENSION_BOARD = 2
/** Networks between VMs: the switch in `src/net`, and what core does for network devices. */
export const EXTENSION_NETWORK = 3
/** Disks on the board's storage: the service that drives it, and requests on their way there. */
export const EXTENSION_STORAGE = 4
/** Watchdogs, heart-beats, who is ready. */
export const EXTENSION_LIFE = 5
/** Debuggers for guests. */
export const EXTENSION_DEBUG = 6
/** Memory that VMs share, and their doorbells: what core does for it. */
export const EXTENSION_SHARE = 7
/** Networks' way to the board's network card: the service that drives it, and its port at the switch. */
export const EXTENSION_UPLINK = 8
/** Guests' own break- and watchpoints and software steps. */
export const EXTENSION_BREAKPOINT = 9

/** "BHXT", little-endian, in the lower half of the header's first 64 bits; the number in the upper. */
export const EXTENSION_MAGIC = 0x5458_4842
/** Then, 64 bits each: bytes of text, bytes of all, the build that it was linked with. */
export const EXTENSION_TEXT = 8
export const EXTENSION_SIZE = 16
export const EXTENSION_BUILD = 24
/** Then, for core, for each vmm and for host: where texts of this extension's functions go in the module's memory, and how many
 * bytes they are, 32 bits each. The bytes are the first of the constants, in the same order. */
export const EXTENSION_LITERALS = 32
export const LITERALS_CORE = 0
export const LITERALS_VMM = 1
export const LITERALS_HOST = 2
export const EXTENSION_HEADER = 56

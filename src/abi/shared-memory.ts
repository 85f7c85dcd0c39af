/** The register page of a memory that VMs share: doc/shared-memory.md. Words, by their offsets. */

/** The specification's own. */
export const SHARED_ID = 0x00
export const SHARED_PEERS = 0x04
export const SHARED_INTERRUPT = 0x08
export const SHARED_DOORBELL = 0x0c
export const SHARED_STATE = 0x10

/** What a PCI device says in its capability: where the sections are, and how many bytes each of them has. */
export const SHARED_BASE_LOW = 0x40
export const SHARED_BASE_HIGH = 0x44
export const SHARED_TABLE_SIZE = 0x48
export const SHARED_WRITABLE_SIZE = 0x4c
export const SHARED_OUTPUT_SIZE = 0x50

/** SHARED_INTERRUPT: doorbells interrupt this peer. */
export const SHARED_INTERRUPT_ENABLE = 1
/** SHARED_DOORBELL: the target's ID from here on; below it the vector, of which there is one, 0. */
export const SHARED_TARGET_SHIFT = 16
export const SHARED_PEERS_MOST = 16

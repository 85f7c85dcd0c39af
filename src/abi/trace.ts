/** Traces: records of a core's ring, 16 bytes each. doc/trace.md. */

/** Bits 31:0 are the counter's; then which it is, the exit's class (ESR_EL2.EC, 0 and no syndrome: an interrupt), the vCPU among all
 * vCPUs, and the syndrome's lower half. The second 64 bits are the guest's PC. */
export const TRACE_KIND_SHIFT = 62
export const TRACE_CLASS_SHIFT = 56
export const TRACE_VCPU_SHIFT = 48
export const TRACE_DETAIL_SHIFT = 32
/** The vCPU has the core from then on; it has left its guest. */
export const TRACE_ENTER = 1
export const TRACE_EXIT = 2
/** The exit was an interrupt, or the hypervisor's own wish. */
export const TRACE_INTERRUPT = 3

export const TRACE_SIZE = 16
/** Of a ring: a power of two. */
export const TRACE_RECORDS = 1024
/** Of one answer. */
export const TRACE_MOST = 32

/* The door of a service that drives a device: the order of its memory's accesses as the device sees them, and its caches. The
 * device's registers are core's to reach (src/drive/core.ts). */
#ifndef BULKHEAD_DRIVE_HW_H
#define BULKHEAD_DRIVE_HW_H

struct w2c_hw;

/* DDI 0487, "Data Memory Barrier (DMB)": a device may be an observer in the Outer Shareable domain only. */
WASM_INLINE void w2c_hw_dmb_osh(struct w2c_hw *hw) { __asm__ volatile("dmb osh" ::: "memory"); }
WASM_INLINE void w2c_hw_dmb_oshld(struct w2c_hw *hw) { __asm__ volatile("dmb oshld" ::: "memory"); }
WASM_INLINE void w2c_hw_dmb_oshst(struct w2c_hw *hw) { __asm__ volatile("dmb oshst" ::: "memory"); }

/* boot/memory.S: cleans and invalidates the lines of `size` bytes, to the point of coherency. What is not mapped in the service's
 * window faults, as any access of its own would. */
extern void bulkhead_clean(u64 va, u64 length);
WASM_INLINE void w2c_hw_clean(struct w2c_hw *hw, u32 at, u32 size) { bulkhead_clean((u64)WASM_AT(0, at), size); }

#endif

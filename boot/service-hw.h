/* A service's half of its hw.ts: volatile accesses within its own window, where core mapped what the board grants. */
#ifndef BULKHEAD_SERVICE_HW_H
#define BULKHEAD_SERVICE_HW_H

struct w2c_hw;

/* Assembly, so that the access is one plain load or store: a guest's hypervisor below us can only decode those. */
WASM_INLINE u32 w2c_hw_read32(struct w2c_hw *hw, u32 at) {
  u32 value;
  __asm__ volatile("ldr %w0, %1" : "=r"(value) : "Q"(*(volatile u32 *)WASM_AT(0, at)));
  return value;
}
WASM_INLINE void w2c_hw_write32(struct w2c_hw *hw, u32 at, u32 value) {
  __asm__ volatile("str %w1, %0" : "=Q"(*(volatile u32 *)WASM_AT(0, at)) : "r"(value));
}

#endif

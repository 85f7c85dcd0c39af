/*
 * vmm's half of src/vmm/ram.ts: its own guest's RAM, by guest-physical address, through EL2's direct map. core writes where
 * that is to the end of the instance's page (src/core/create.ts), which no Wasm address reaches; every access is compared with
 * it here, so that no vmm code, however wrong, reaches anything but its own VM's RAM. Guests share memory with a device model
 * as Normal write-back, inner shareable memory (doc/why/caches.md).
 */
#ifndef BULKHEAD_VMM_RAM_H
#define BULKHEAD_VMM_RAM_H

/* The instance by another name: wasm2c passes each imported module's instance. */
struct w2c_ram;
struct guest_ram {
  u64 ipa;
  u64 size;
  u64 va;
};

/* More at once would reach over the guard above vmm's window, and hold the CPU for longer than anybody should wait. */
#define RAM_COPY_MOST 0x10000

extern void bulkhead_copy(void *to, const void *from, u64 length);

/* EL2's address of `length` bytes at `ipa`; 0 if they are not all RAM of this VM. */
WASM_INLINE u8 *guest_ram_at(const struct w2c_ram *ram, u64 ipa, u64 length) {
  const struct guest_ram *own = (const struct guest_ram *)((const u8 *)ram + INSTANCE_RAM);
  u64 offset = ipa - own->ipa;
  if (WASM_UNLIKELY(length > own->size || offset > own->size - length)) return 0;
  u8 *at = (u8 *)(own->va + offset);
  __builtin_assume(at != 0); /* the direct map is not at address 0 */
  return at;
}

WASM_INLINE u32 w2c_ram_holds(struct w2c_ram *ram, u64 ipa, u64 length) { return guest_ram_at(ram, ipa, length) != 0; }

/* One access each, whole where it is aligned (DDI 0487, "Single-copy atomicity"): a vCPU may write at the same time. */
#define RAM_ACCESS(bits, type)                                                                                         \
  WASM_INLINE type w2c_ram_load##bits(struct w2c_ram *ram, u64 ipa) {                                                  \
    const volatile u##bits *at = (const volatile u##bits *)guest_ram_at(ram, ipa, bits / 8);                           \
    return at ? *at : 0;                                                                                               \
  }                                                                                                                    \
  WASM_INLINE void w2c_ram_store##bits(struct w2c_ram *ram, u64 ipa, type value) {                                     \
    volatile u##bits *at = (volatile u##bits *)guest_ram_at(ram, ipa, bits / 8);                                       \
    if (at) *at = (u##bits)value;                                                                                      \
  }
RAM_ACCESS(16, u32)
RAM_ACCESS(32, u32)
RAM_ACCESS(64, u64)

WASM_INLINE void w2c_ram_store8(struct w2c_ram *ram, u64 ipa, u32 value) {
  volatile u8 *at = guest_ram_at(ram, ipa, 1);
  if (at) *at = (u8)value;
}

/* Read once: what is checked afterwards is the instance's own copy. */
WASM_INLINE u32 w2c_ram_load128(struct w2c_ram *ram, u32 to, u64 ipa) {
  const volatile u64 *at = (const volatile u64 *)guest_ram_at(ram, ipa, 16);
  if (!at) return 0;
  u64 pair[2] = {at[0], at[1]};
  __builtin_memcpy(WASM_AT(ram, to), pair, sizeof pair);
  return 1;
}

/* Between RAM and the instance's own memory, whose end meets the guard. */
WASM_INLINE u32 w2c_ram_read(struct w2c_ram *ram, u32 to, u64 ipa, u32 length) {
  const u8 *at = guest_ram_at(ram, ipa, length);
  if (!at || length > RAM_COPY_MOST) return 0;
  bulkhead_copy(WASM_AT(ram, to), at, length);
  return 1;
}
WASM_INLINE u32 w2c_ram_write(struct w2c_ram *ram, u64 ipa, u32 from, u32 length) {
  u8 *at = guest_ram_at(ram, ipa, length);
  if (!at || length > RAM_COPY_MOST) return 0;
  bulkhead_copy(at, WASM_AT(ram, from), length);
  return 1;
}

WASM_INLINE void w2c_ram_dmb_ishld(struct w2c_ram *ram) { __asm__ volatile("dmb ishld" ::: "memory"); }
WASM_INLINE void w2c_ram_dmb_ishst(struct w2c_ram *ram) { __asm__ volatile("dmb ishst" ::: "memory"); }
WASM_INLINE void w2c_ram_dmb_ish(struct w2c_ram *ram) { __asm__ volatile("dmb ish" ::: "memory"); }

#endif

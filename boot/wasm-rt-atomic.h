/* Wasm's atomic instructions for core, sequentially consistent; an unaligned one takes EL2's alignment fault. */
#ifndef BULKHEAD_WASM_RT_ATOMIC_H
#define BULKHEAD_WASM_RT_ATOMIC_H

#define WASM_ATOMIC(type, instance, addr) ((type *)(void *)WASM_AT(instance, addr))

#define WASM_ATOMIC_LOAD(name, from, to)                                                                               \
  WASM_INLINE to name##_default32(WASM_INSTANCE *instance, u64 addr) {                                                 \
    return __atomic_load_n(WASM_ATOMIC(from, instance, addr), __ATOMIC_SEQ_CST);                                       \
  }
#define WASM_ATOMIC_STORE(name, to, from)                                                                              \
  WASM_INLINE void name##_default32(WASM_INSTANCE *instance, u64 addr, from value) {                                   \
    __atomic_store_n(WASM_ATOMIC(to, instance, addr), (to)value, __ATOMIC_SEQ_CST);                                    \
  }
#define WASM_ATOMIC_RMW(name, operation, narrow, wide)                                                                 \
  WASM_INLINE wide name##_default32(WASM_INSTANCE *instance, u64 addr, wide value) {                                   \
    return operation(WASM_ATOMIC(narrow, instance, addr), (narrow)value, __ATOMIC_SEQ_CST);                            \
  }
/* An expected value that does not fit the narrow type never equals what is loaded. */
#define WASM_ATOMIC_CMPXCHG(name, narrow, wide)                                                                        \
  WASM_INLINE wide name##_default32(WASM_INSTANCE *instance, u64 addr, wide expected, wide value) {                    \
    narrow seen = (narrow)expected;                                                                                    \
    if ((wide)seen != expected) return __atomic_load_n(WASM_ATOMIC(narrow, instance, addr), __ATOMIC_SEQ_CST);         \
    __atomic_compare_exchange_n(WASM_ATOMIC(narrow, instance, addr), &seen, (narrow)value, false, __ATOMIC_SEQ_CST,    \
                                __ATOMIC_SEQ_CST);                                                                     \
    return seen;                                                                                                       \
  }
#define WASM_ATOMIC_RMWS(prefix, suffix, narrow, wide)                                                                 \
  WASM_ATOMIC_RMW(prefix##_add##suffix, __atomic_fetch_add, narrow, wide)                                              \
  WASM_ATOMIC_RMW(prefix##_sub##suffix, __atomic_fetch_sub, narrow, wide)                                              \
  WASM_ATOMIC_RMW(prefix##_and##suffix, __atomic_fetch_and, narrow, wide)                                              \
  WASM_ATOMIC_RMW(prefix##_or##suffix, __atomic_fetch_or, narrow, wide)                                                \
  WASM_ATOMIC_RMW(prefix##_xor##suffix, __atomic_fetch_xor, narrow, wide)                                              \
  WASM_ATOMIC_RMW(prefix##_xchg##suffix, __atomic_exchange_n, narrow, wide)                                            \
  WASM_ATOMIC_CMPXCHG(prefix##_cmpxchg##suffix, narrow, wide)

WASM_ATOMIC_LOAD(i32_atomic_load, u32, u32)
WASM_ATOMIC_LOAD(i64_atomic_load, u64, u64)
WASM_ATOMIC_LOAD(i32_atomic_load8_u, u8, u32)
WASM_ATOMIC_LOAD(i64_atomic_load8_u, u8, u64)
WASM_ATOMIC_LOAD(i32_atomic_load16_u, u16, u32)
WASM_ATOMIC_LOAD(i64_atomic_load16_u, u16, u64)
WASM_ATOMIC_LOAD(i64_atomic_load32_u, u32, u64)
WASM_ATOMIC_STORE(i32_atomic_store, u32, u32)
WASM_ATOMIC_STORE(i64_atomic_store, u64, u64)
WASM_ATOMIC_STORE(i32_atomic_store8, u8, u32)
WASM_ATOMIC_STORE(i32_atomic_store16, u16, u32)
WASM_ATOMIC_STORE(i64_atomic_store8, u8, u64)
WASM_ATOMIC_STORE(i64_atomic_store16, u16, u64)
WASM_ATOMIC_STORE(i64_atomic_store32, u32, u64)
WASM_ATOMIC_RMWS(i32_atomic_rmw, , u32, u32)
WASM_ATOMIC_RMWS(i64_atomic_rmw, , u64, u64)
WASM_ATOMIC_RMWS(i32_atomic_rmw8, _u, u8, u32)
WASM_ATOMIC_RMWS(i64_atomic_rmw8, _u, u8, u64)
WASM_ATOMIC_RMWS(i32_atomic_rmw16, _u, u16, u32)
WASM_ATOMIC_RMWS(i64_atomic_rmw16, _u, u16, u64)
WASM_ATOMIC_RMWS(i64_atomic_rmw32, _u, u32, u64)

#endif

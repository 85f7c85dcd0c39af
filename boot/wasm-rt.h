/*
 * The C that wasm2c's output stands on: integers, traps, and memory without bounds checks (guard pages do that).
 * A unit defines WASM_MODULE and WASM_AT(instance, addr) before it includes this. Wasm's semantics by the
 * WebAssembly Core Specification 2.0, "Numeric Instructions" and "Memory Instructions".
 */
#ifndef BULKHEAD_WASM_RT_H
#define BULKHEAD_WASM_RT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

/* Inlined everywhere and without lines of its own, so that the caller's AssemblyScript line stays. */
#define WASM_INLINE static inline __attribute__((always_inline, nodebug, unused))

_Noreturn void bulkhead_trap(u32 module, u32 code, const char *file, u32 line);

/* wasm2c's names for traps, as src/abi/compartment.ts numbers them. */
#define WASM_TRAP_UNREACHABLE TRAP_UNREACHABLE
#define WASM_TRAP_DIV_BY_ZERO TRAP_DIVIDE_BY_ZERO
#define WASM_TRAP_INT_OVERFLOW TRAP_OVERFLOW
#define WASM_TRAP_OOB TRAP_OUT_OF_BOUNDS
/* Macros, not functions: TRAP_FILE (tool/compile/lines.ts) and __LINE__ have to be those of the Wasm instruction. */
#define TRAP_FILE __FILE__
#define TRAP(name) (bulkhead_trap(WASM_MODULE, WASM_TRAP_##name, TRAP_FILE, __LINE__), 0)
#define UNREACHABLE TRAP(UNREACHABLE)
/* A failed `assert` and exhausted fuel arrive as calls of imports (tool/compile/asc.ts, fuel.ts). */
#define w2c_env_abort(env, message, file, line, column) bulkhead_trap(WASM_MODULE, TRAP_ASSERT, TRAP_FILE, __LINE__)
#define w2c_env_fuel(env) bulkhead_trap(WASM_MODULE, TRAP_FUEL, TRAP_FILE, __LINE__)

/* Stack depth is proved by the audit, not counted. */
#define FUNC_PROLOGUE
#define FUNC_EPILOGUE

#define WASM_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* Loads and stores: any alignment, any alias. */
#define WASM_LOAD(name, from, via, to)                                                                                 \
  WASM_INLINE to name##_default32(const WASM_INSTANCE *instance, u64 addr) {                                           \
    from value;                                                                                                        \
    __builtin_memcpy(&value, WASM_AT(instance, addr), sizeof value);                                                   \
    return (to)(via)value;                                                                                             \
  }
#define WASM_STORE(name, to, from)                                                                                     \
  WASM_INLINE void name##_default32(WASM_INSTANCE *instance, u64 addr, from wide) {                                    \
    to value = (to)wide;                                                                                               \
    __builtin_memcpy(WASM_AT(instance, addr), &value, sizeof value);                                                   \
  }
WASM_LOAD(i32_load, u32, u32, u32)
WASM_LOAD(i64_load, u64, u64, u64)
WASM_LOAD(i32_load8_s, s8, s32, u32)
WASM_LOAD(i64_load8_s, s8, s64, u64)
WASM_LOAD(i32_load8_u, u8, u32, u32)
WASM_LOAD(i64_load8_u, u8, u64, u64)
WASM_LOAD(i32_load16_s, s16, s32, u32)
WASM_LOAD(i64_load16_s, s16, s64, u64)
WASM_LOAD(i32_load16_u, u16, u32, u32)
WASM_LOAD(i64_load16_u, u16, u64, u64)
WASM_LOAD(i64_load32_s, s32, s64, u64)
WASM_LOAD(i64_load32_u, u32, u64, u64)
WASM_STORE(i32_store, u32, u32)
WASM_STORE(i64_store, u64, u64)
WASM_STORE(i32_store8, u8, u32)
WASM_STORE(i32_store16, u16, u32)
WASM_STORE(i64_store8, u8, u64)
WASM_STORE(i64_store16, u16, u64)
WASM_STORE(i64_store32, u32, u64)

/* Bulk memory: an overrun meets the guard pages above the window, as a load does. */
WASM_INLINE void memory_copy(WASM_INSTANCE *to, WASM_INSTANCE *from, u64 to_addr, u64 from_addr, u64 size) {
  __builtin_memmove(WASM_AT(to, to_addr), WASM_AT(from, from_addr), size);
}
WASM_INLINE void memory_fill(WASM_INSTANCE *instance, u64 addr, u32 value, u64 size) {
  __builtin_memset(WASM_AT(instance, addr), (int)value, size);
}

#define I32_CLZ(x) ((x) ? (u32)__builtin_clz(x) : 32u)
#define I64_CLZ(x) ((x) ? (u64)__builtin_clzll(x) : 64u)
#define I32_CTZ(x) ((x) ? (u32)__builtin_ctz(x) : 32u)
#define I64_CTZ(x) ((x) ? (u64)__builtin_ctzll(x) : 64u)
#define I32_POPCNT(x) ((u32)__builtin_popcount(x))
#define I64_POPCNT(x) ((u64)__builtin_popcountll(x))
#define I32_ROTL(x, n) __builtin_rotateleft32(x, n)
#define I64_ROTL(x, n) __builtin_rotateleft64(x, n)
#define I32_ROTR(x, n) __builtin_rotateright32(x, n)
#define I64_ROTR(x, n) __builtin_rotateright64(x, n)

#define WASM_DIVIDE_U(op, x, y) (WASM_UNLIKELY((y) == 0) ? TRAP(DIV_BY_ZERO) : ((x)op(y)))
#define DIV_U(x, y) WASM_DIVIDE_U(/, x, y)
#define REM_U(x, y) WASM_DIVIDE_U(%, x, y)
#define WASM_DIVIDE_S(ut, st, min, x, y)                                                                               \
  (WASM_UNLIKELY((y) == 0)                             ? TRAP(DIV_BY_ZERO)                                             \
   : WASM_UNLIKELY((st)(x) == (min) && (st)(y) == -1) ? TRAP(INT_OVERFLOW)                                             \
                                                       : (ut)((st)(x) / (st)(y)))
#define WASM_REMAIN_S(ut, st, x, y)                                                                                    \
  (WASM_UNLIKELY((y) == 0) ? TRAP(DIV_BY_ZERO) : (st)(y) == -1 ? 0 : (ut)((st)(x) % (st)(y)))
#define I32_DIV_S(x, y) WASM_DIVIDE_S(u32, s32, INT32_MIN, x, y)
#define I64_DIV_S(x, y) WASM_DIVIDE_S(u64, s64, INT64_MIN, x, y)
#define I32_REM_S(x, y) WASM_REMAIN_S(u32, s32, x, y)
#define I64_REM_S(x, y) WASM_REMAIN_S(u64, s64, x, y)

/* Data and the memory's own allocation, in wasm2c's init_memories: the caller has mapped zeroed pages. */
#define wasm_rt_allocate_memory(...)
void *memcpy(void *to, const void *from, size_t size);
#define LOAD_DATA(instance, addr, bytes, size) memcpy(WASM_AT(instance, addr), bytes, size)

#endif

/* The machine primitives behind src/guest/hw.ts, as wasm2c names imports: what a program at EL1 may do to its machine. */
#ifndef BULKHEAD_GUEST_H
#define BULKHEAD_GUEST_H

struct w2c_hw;

#define READ_REGISTER(function, name)                                                                                  \
  WASM_INLINE u64 w2c_hw_##function(struct w2c_hw *hw) {                                                               \
    u64 value;                                                                                                         \
    __asm__ volatile("mrs %0, " name : "=r"(value)::"memory");                                                         \
    return value;                                                                                                      \
  }
#define WRITE_REGISTER(function, name)                                                                                 \
  WASM_INLINE void w2c_hw_set_##function(struct w2c_hw *hw, u64 value) {                                               \
    __asm__ volatile("msr " name ", %0\n\tisb" ::"r"(value) : "memory");                                               \
  }
#define REGISTER(function, name) READ_REGISTER(function, name) WRITE_REGISTER(function, name)
#define INSTRUCTION(function, text)                                                                                    \
  WASM_INLINE void w2c_hw_##function(struct w2c_hw *hw) { __asm__ volatile(text ::: "memory"); }

READ_REGISTER(cntfrq_el0, "cntfrq_el0")
READ_REGISTER(cntpct_el0, "cntpct_el0")
READ_REGISTER(cntvct_el0, "cntvct_el0")
REGISTER(cntv_ctl_el0, "cntv_ctl_el0")
REGISTER(cntv_cval_el0, "cntv_cval_el0")
REGISTER(cntv_tval_el0, "cntv_tval_el0")
REGISTER(cntp_ctl_el0, "cntp_ctl_el0")
REGISTER(cntp_cval_el0, "cntp_cval_el0")
REGISTER(cntp_tval_el0, "cntp_tval_el0")
READ_REGISTER(id_aa64pfr0_el1, "id_aa64pfr0_el1")
READ_REGISTER(mpidr_el1, "mpidr_el1")

/* GIC system registers by encoding: assemblers know the names only with an architecture extension. */
REGISTER(icc_sre_el1, "S3_0_C12_C12_5")
READ_REGISTER(icc_iar1_el1, "S3_0_C12_C12_0")
WRITE_REGISTER(icc_eoir1_el1, "S3_0_C12_C12_1")
READ_REGISTER(icc_iar0_el1, "S3_0_C12_C8_0")
WRITE_REGISTER(icc_eoir0_el1, "S3_0_C12_C8_1")
WRITE_REGISTER(icc_dir_el1, "S3_0_C12_C11_1")
READ_REGISTER(icc_rpr_el1, "S3_0_C12_C11_3")
WRITE_REGISTER(icc_igrpen0_el1, "S3_0_C12_C12_6")
WRITE_REGISTER(icc_pmr_el1, "S3_0_C4_C6_0")
WRITE_REGISTER(icc_bpr1_el1, "S3_0_C12_C12_3")
WRITE_REGISTER(icc_ctlr_el1, "S3_0_C12_C12_4")
WRITE_REGISTER(icc_igrpen1_el1, "S3_0_C12_C12_7")
WRITE_REGISTER(icc_sgi1r_el1, "S3_0_C12_C11_5")

INSTRUCTION(isb, "isb")
INSTRUCTION(dsb_sy, "dsb sy")
INSTRUCTION(wfi, "wfi")
INSTRUCTION(wfe, "wfe")
INSTRUCTION(sev, "sev")
INSTRUCTION(hint_yield, "yield")
INSTRUCTION(irq_on, "msr daifclr, #2")
INSTRUCTION(irq_off, "msr daifset, #2")
INSTRUCTION(fiq_on, "msr daifclr, #1")
INSTRUCTION(fiq_off, "msr daifset, #1")

/* One plain load or store each: a hypervisor decodes no other form. */
#define ACCESS(bits, type, letter, width)                                                                              \
  WASM_INLINE type w2c_hw_read##bits(struct w2c_hw *hw, u64 address) {                                                 \
    type value;                                                                                                        \
    __asm__ volatile("ldr" letter " %" width "0, [%1]" : "=r"(value) : "r"(address) : "memory");                       \
    return value;                                                                                                      \
  }                                                                                                                    \
  WASM_INLINE void w2c_hw_write##bits(struct w2c_hw *hw, u64 address, type value) {                                    \
    __asm__ volatile("str" letter " %" width "0, [%1]" ::"r"(value), "r"(address) : "memory");                         \
  }
ACCESS(8, u32, "b", "w")
ACCESS(16, u32, "h", "w")
ACCESS(32, u32, "", "w")
ACCESS(64, u64, "", "x")

/* The compiler does without FP/SIMD registers, so that they are nobody's. CPACR_EL1.FPEN: no traps. */
#define EVERY_VECTOR                                                                                                   \
  ".arch_extension fp\n\t.arch_extension simd\n\t"                                                                     \
  ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n\t"
WASM_INLINE void w2c_hw_set_vectors(struct w2c_hw *hw, u64 seed) {
  u64 fpen = 3 << 20;
  __asm__ volatile("msr cpacr_el1, %1\n\tisb\n\t" EVERY_VECTOR
                   "mov v\\n\\().d[0], %0\n\tadd %0, %0, #1\n\tmov v\\n\\().d[1], %0\n\tadd %0, %0, #1\n\t.endr"
                   : "+r"(seed) : "r"(fpen));
}
WASM_INLINE u64 w2c_hw_vectors_differ(struct w2c_hw *hw, u64 seed) {
  u64 half, differ = 0;
  __asm__ volatile(EVERY_VECTOR
                   "umov %2, v\\n\\().d[0]\n\teor %2, %2, %0\n\torr %1, %1, %2\n\tadd %0, %0, #1\n\t"
                   "umov %2, v\\n\\().d[1]\n\teor %2, %2, %0\n\torr %1, %1, %2\n\tadd %0, %0, #1\n\t.endr"
                   : "+r"(seed), "+r"(differ), "=&r"(half));
  return differ;
}

/* SMCCC: x0 to x3 in, x0 out; x4 to x17 may be lost (DEN 0028, "Register use in AArch64 SMC and HVC calls"). */
#define CALL(function, text)                                                                                           \
  WASM_INLINE u64 w2c_hw_##function(struct w2c_hw *hw, u64 id, u64 a1, u64 a2, u64 a3) {                               \
    register u64 x0 __asm__("x0") = id;                                                                                \
    register u64 x1 __asm__("x1") = a1;                                                                                \
    register u64 x2 __asm__("x2") = a2;                                                                                \
    register u64 x3 __asm__("x3") = a3;                                                                                \
    __asm__ volatile(text                                                                                              \
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)::"x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",       \
                       "x12", "x13", "x14", "x15", "x16", "x17", "memory");                                            \
    return x0;                                                                                                         \
  }
CALL(hvc, "hvc #0")
CALL(smc, "smc #0")

/* Ticks of the virtual count between two reads with nothing but the instructions named in between. */
#define TIMED(text, ...)                                                                                               \
  u64 before, after;                                                                                                   \
  __asm__ volatile("mrs %0, cntvct_el0\n\t" text "\n\tmrs %1, cntvct_el0" : "=&r"(before), "=&r"(after) __VA_ARGS__);  \
  return after - before

WASM_INLINE u64 w2c_hw_timed_nothing(struct w2c_hw *hw) { TIMED("", ::"memory"); }
WASM_INLINE u64 w2c_hw_timed_nops(struct w2c_hw *hw) { TIMED(".rept 1000\n\tnop\n\t.endr", ::"memory"); }
WASM_INLINE u64 w2c_hw_timed_read32(struct w2c_hw *hw, u64 address) {
  u32 value;
  TIMED("ldr %w2, [%3]", , "=&r"(value) : "r"(address) : "memory");
}
WASM_INLINE u64 w2c_hw_timed_write32(struct w2c_hw *hw, u64 address, u32 value) {
  TIMED("str %w2, [%3]", : "r"(value), "r"(address) : "memory");
}
WASM_INLINE u64 w2c_hw_timed_sgi1r(struct w2c_hw *hw, u64 value) {
  TIMED("msr S3_0_C12_C11_5, %2", : "r"(value) : "memory");
}
WASM_INLINE u64 w2c_hw_timed_hvc(struct w2c_hw *hw, u64 id) {
  register u64 x0 __asm__("x0") = id;
  TIMED("hvc #0", , "+r"(x0)::"x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
        "x15", "x16", "x17", "memory");
}

/* A failed assertion, a division by zero and the like: file and line on the console, and the end of the machine. */
static u32 guest_level = 1;
WASM_INLINE void w2c_hw_entered_at(struct w2c_hw *hw, u32 level) { guest_level = level; }
_Noreturn void guest_off(u32 level);

static void guest_print(const char *text) {
  for (; *text; text++) {
    while (w2c_hw_read32(0, UART_IPA + 0x18) & 0x20) {
    }
    w2c_hw_write32(0, UART_IPA, (u32)*text);
  }
}
_Noreturn void bulkhead_trap(u32 module, u32 code, const char *file, u32 line) {
  char digits[11] = {0};
  u32 at = sizeof digits - 1;
  do {
    digits[--at] = (char)('0' + line % 10);
    line /= 10;
  } while (line);
  guest_print("\r\ntrap at ");
  /* A file of the guest's own is given from src, as all are. */
  if (file[0] == '.' && file[1] == '.') file += 3;
  else guest_print("src/");
  guest_print(file);
  guest_print(".ts:");
  guest_print(digits + at);
  guest_print("\r\n");
  guest_off(guest_level);
}

#endif

/* The machine primitives behind src/hw.ts, as wasm2c names imports: one instruction or one named sequence each. */
#ifndef BULKHEAD_HW_H
#define BULKHEAD_HW_H

/* nodebug: an address inlined from here shows the AssemblyScript line that asked for it. */
#define HW static inline __attribute__((always_inline, nodebug))

#define READ_REGISTER(function, name) \
  HW u64 function(struct w2c_hw* hw) { u64 value; __asm__ volatile("mrs %0, " name : "=r"(value)); return value; }
#define WRITE_REGISTER(function, name) \
  HW void function(struct w2c_hw* hw, u64 value) { __asm__ volatile("msr " name ", %0" ::"r"(value) : "memory"); }

READ_REGISTER(w2c_hw_esr_el2, "esr_el2")
READ_REGISTER(w2c_hw_far_el2, "far_el2")
READ_REGISTER(w2c_hw_hpfar_el2, "hpfar_el2")
READ_REGISTER(w2c_hw_mpidr_el1, "mpidr_el1")
READ_REGISTER(w2c_hw_midr_el1, "midr_el1")
READ_REGISTER(w2c_hw_cntpct_el0, "cntpct_el0")
READ_REGISTER(w2c_hw_cntvct_el0, "cntvct_el0")
READ_REGISTER(w2c_hw_cntv_ctl_el0, "cntv_ctl_el0")
READ_REGISTER(w2c_hw_cntp_ctl_el0, "cntp_ctl_el0")
READ_REGISTER(w2c_hw_vbar_el1, "vbar_el1")
READ_REGISTER(w2c_hw_sctlr_el1, "sctlr_el1")
READ_REGISTER(w2c_hw_id_aa64mmfr0_el1, "id_aa64mmfr0_el1")
READ_REGISTER(w2c_hw_id_aa64mmfr1_el1, "id_aa64mmfr1_el1")
READ_REGISTER(w2c_hw_id_aa64pfr0_el1, "id_aa64pfr0_el1")
READ_REGISTER(w2c_hw_elr_el1, "elr_el1")
READ_REGISTER(w2c_hw_cntv_cval_el0, "cntv_cval_el0")
READ_REGISTER(w2c_hw_cntp_cval_el0, "cntp_cval_el0")
READ_REGISTER(w2c_hw_isr_el1, "isr_el1")
READ_REGISTER(w2c_hw_cntfrq_el0, "cntfrq_el0")
READ_REGISTER(w2c_hw_ctr_el0, "ctr_el0")

WRITE_REGISTER(w2c_hw_set_hcr_el2, "hcr_el2")
WRITE_REGISTER(w2c_hw_set_vtcr_el2, "vtcr_el2")
WRITE_REGISTER(w2c_hw_set_vttbr_el2, "vttbr_el2")
WRITE_REGISTER(w2c_hw_set_cptr_el2, "cptr_el2")
WRITE_REGISTER(w2c_hw_set_mdcr_el2, "mdcr_el2")
WRITE_REGISTER(w2c_hw_set_hstr_el2, "hstr_el2")
WRITE_REGISTER(w2c_hw_set_mdscr_el1, "mdscr_el1")
WRITE_REGISTER(w2c_hw_set_oslar_el1, "oslar_el1")
WRITE_REGISTER(w2c_hw_set_cnthctl_el2, "cnthctl_el2")
WRITE_REGISTER(w2c_hw_set_cntvoff_el2, "cntvoff_el2")
WRITE_REGISTER(w2c_hw_set_vmpidr_el2, "vmpidr_el2")
WRITE_REGISTER(w2c_hw_set_vpidr_el2, "vpidr_el2")
WRITE_REGISTER(w2c_hw_set_elr_el2, "elr_el2")
WRITE_REGISTER(w2c_hw_set_elr_el1, "elr_el1")
WRITE_REGISTER(w2c_hw_set_spsr_el1, "spsr_el1")
WRITE_REGISTER(w2c_hw_set_esr_el1, "esr_el1")
WRITE_REGISTER(w2c_hw_set_far_el1, "far_el1")
WRITE_REGISTER(w2c_hw_set_cntv_cval_el0, "cntv_cval_el0")
WRITE_REGISTER(w2c_hw_set_cntp_cval_el0, "cntp_cval_el0")
WRITE_REGISTER(w2c_hw_set_cnthp_ctl_el2, "cnthp_ctl_el2")
WRITE_REGISTER(w2c_hw_set_cnthp_cval_el2, "cnthp_cval_el2")
WRITE_REGISTER(w2c_hw_set_cntv_ctl_el0, "cntv_ctl_el0")
WRITE_REGISTER(w2c_hw_set_cntp_ctl_el0, "cntp_ctl_el0")

HW u32 w2c_hw_tpidr_el2(struct w2c_hw* hw) {
  u64 value;
  __asm__("mrs %0, tpidr_el2" : "=r"(value)); /* constant after boot, so not volatile */
  __builtin_assume(value <= 0xffffffff); /* core's window */
  return (u32)value;
}

#include "hw-debug.h"
#include "hw-gic.h"

/* PMCR_EL0.N, where ID_AA64DFR0_EL1.PMUVer says that there is a PMU. */
HW u64 w2c_hw_pmu_counters(struct w2c_hw* hw) {
  u64 value;
  __asm__ volatile("mrs %0, id_aa64dfr0_el1" : "=r"(value));
  u64 version = (value >> 8) & 15;
  if (version == 0 || version == 15) return 0;
  __asm__ volatile("mrs %0, pmcr_el0" : "=r"(value));
  return (value >> 11) & 31;
}

/* ID registers: op0 3, op1 0, CRn 0. Encodings without a register here read as zero, as reserved ones do. */
HW u64 w2c_hw_id_register(struct w2c_hw* hw, u32 crm, u32 op2) {
  u64 value = 0;
  switch (crm << 3 | op2) {
#define ID(crm, op2, name) case crm << 3 | op2: __asm__ volatile("mrs %0, " name : "=r"(value)); break;
    ID(1, 0, "id_pfr0_el1")
    ID(1, 1, "id_pfr1_el1")
    ID(1, 2, "id_dfr0_el1")
    ID(1, 4, "id_mmfr0_el1")
    ID(1, 5, "id_mmfr1_el1")
    ID(1, 6, "id_mmfr2_el1")
    ID(1, 7, "id_mmfr3_el1")
    ID(2, 0, "id_isar0_el1")
    ID(2, 1, "id_isar1_el1")
    ID(2, 2, "id_isar2_el1")
    ID(2, 3, "id_isar3_el1")
    ID(2, 4, "id_isar4_el1")
    ID(2, 5, "id_isar5_el1")
    ID(2, 6, "id_mmfr4_el1")
    ID(2, 7, "S3_0_C0_C2_7")
    ID(3, 0, "mvfr0_el1")
    ID(3, 1, "mvfr1_el1")
    ID(3, 2, "mvfr2_el1")
    ID(3, 4, "S3_0_C0_C3_4")
    ID(3, 5, "S3_0_C0_C3_5")
    ID(3, 6, "S3_0_C0_C3_6")
    ID(4, 0, "id_aa64pfr0_el1")
    ID(4, 1, "id_aa64pfr1_el1")
    ID(5, 0, "id_aa64dfr0_el1")
    ID(5, 1, "id_aa64dfr1_el1")
    ID(6, 0, "id_aa64isar0_el1")
    ID(6, 1, "id_aa64isar1_el1")
    ID(6, 2, "S3_0_C0_C6_2")
    ID(7, 0, "id_aa64mmfr0_el1")
    ID(7, 1, "id_aa64mmfr1_el1")
    ID(7, 2, "id_aa64mmfr2_el1")
#undef ID
  }
  return value;
}

/* RNDR by encoding: it reads as zero, and says so in the flags, if there is no number now. */
HW u64 w2c_hw_rndr(struct w2c_hw* hw) {
  u64 value;
  __asm__ volatile("mrs %0, S3_3_C2_C4_0" : "=r"(value)::"cc");
  return value;
}

HW u64 w2c_hw_load64(struct w2c_hw* hw, u64 va) { return *(u64*)va; }
HW void w2c_hw_store64(struct w2c_hw* hw, u64 va, u64 value) { *(u64*)va = value; }
HW u32 w2c_hw_load8(struct w2c_hw* hw, u64 va) { return *(u8*)va; }
HW void w2c_hw_store8(struct w2c_hw* hw, u64 va, u32 value) { *(u8*)va = (u8)value; }
/* Device registers: one access of 32 bits, where the program has it. volatile lets the compiler put the register's offset into
 * the instruction, which an operand of asm does not; memory is not moved across. */
#define IN_ORDER() __asm__ volatile("" ::: "memory")
HW u32 w2c_hw_read32(struct w2c_hw* hw, u64 va) {
  IN_ORDER();
  u32 value = *(volatile u32*)va;
  IN_ORDER();
  return value;
}
HW void w2c_hw_write32(struct w2c_hw* hw, u64 va, u32 value) {
  IN_ORDER();
  *(volatile u32*)va = value;
  IN_ORDER();
}

HW void w2c_hw_isb(struct w2c_hw* hw) { __asm__ volatile("isb" ::: "memory"); }
HW void w2c_hw_dsb_sy(struct w2c_hw* hw) { __asm__ volatile("dsb sy" ::: "memory"); }
HW void w2c_hw_dsb_ish(struct w2c_hw* hw) { __asm__ volatile("dsb ish" ::: "memory"); }
HW void w2c_hw_dsb_ishst(struct w2c_hw* hw) { __asm__ volatile("dsb ishst" ::: "memory"); }
HW void w2c_hw_wfi(struct w2c_hw* hw) { __asm__ volatile("wfi" ::: "memory"); }
HW void w2c_hw_sev(struct w2c_hw* hw) { __asm__ volatile("dsb sy\n sev" ::: "memory"); }
HW void w2c_hw_pause(struct w2c_hw* hw) { __asm__ volatile("yield" ::: "memory"); }

/* By a branch, so that functions that may wait need no frame for it. */
HW void w2c_hw_wait_turn(struct w2c_hw* hw, u32 at, u32 ticket) {
  register u64 x15 __asm__("x15") = at;
  register u64 x16 __asm__("x16") = ticket;
  __asm__ volatile("adr x17, 1f\n b bulkhead_wait_turn\n 1:"
                   : "+r"(x15), "+r"(x16)
                   :
                   : "x10", "x11", "x12", "x13", "x14", "x17", "memory", "cc");
}

/* After a new translation was written, or an old one made invalid, for EL2's own VA. */
HW void w2c_hw_tlbi_el2(struct w2c_hw* hw, u64 va) {
  __asm__ volatile("dsb ishst\n tlbi vae2is, %0\n dsb ish\n isb" ::"r"((va >> 12) & 0xfffffffffffull) : "memory");
}
/* Every EL1&0 translation, both stages, of the VMID in VTTBR_EL2. */
HW void w2c_hw_tlbi_guest(struct w2c_hw* hw) {
  __asm__ volatile("dsb ishst\n tlbi vmalls12e1is\n dsb ish\n isb" ::: "memory");
}
/* Entries of stage 2 were made invalid: after dsb_ishst, one for each, then tlbi_stage1. DDI 0487, "TLB maintenance
 * instructions": a TLB may hold both stages as one entry, which the first do not touch. */
HW void w2c_hw_tlbi_ipas2e1is(struct w2c_hw* hw, u64 ipa) {
  __asm__ volatile("tlbi ipas2e1is, %0" ::"r"(ipa >> 12) : "memory");
}
HW void w2c_hw_tlbi_stage1(struct w2c_hw* hw) {
  __asm__ volatile("dsb ish\n tlbi vmalle1is\n dsb ish\n isb" ::: "memory");
}
HW void w2c_hw_tlbi_vm(struct w2c_hw* hw, u64 vttbr) {
  u64 kept;
  __asm__ volatile("mrs %0, vttbr_el2\n dsb ishst\n msr vttbr_el2, %1\n isb\n tlbi vmalls12e1is\n dsb ish\n"
                   "msr vttbr_el2, %0\n isb" : "=&r"(kept) : "r"(vttbr) : "memory");
}
HW void w2c_hw_tlbi_vmalle1(struct w2c_hw* hw) {
  __asm__ volatile("dsb nshst\n tlbi vmalle1\n dsb nsh\n isb" ::: "memory");
}
/* Instructions were written as data, and cleaned: drop what any CPU fetched from there before. */
HW void w2c_hw_ic_ialluis(struct w2c_hw* hw) { __asm__ volatile("ic ialluis\n dsb ish\n isb" ::: "memory"); }

/* The IPA behind a guest VA by stage 1 alone: PAR_EL1, bit 0 set if there is none. The guest's PAR is kept. */
HW u64 w2c_hw_at_s1e1r(struct w2c_hw* hw, u64 va) {
  u64 result, kept;
  __asm__ volatile("mrs %1, par_el1\n at s1e1r, %2\n isb\n mrs %0, par_el1\n msr par_el1, %1"
                   : "=&r"(result), "=&r"(kept) : "r"(va) : "memory");
  return result;
}

/* A call to the firmware (SMCCC): PSCI of the board. */
HW u64 w2c_hw_smc(struct w2c_hw* hw, u64 fn, u64 a1, u64 a2, u64 a3) {
  register u64 x0 __asm__("x0") = fn;
  register u64 x1 __asm__("x1") = a1;
  register u64 x2 __asm__("x2") = a2;
  register u64 x3 __asm__("x3") = a3;
  __asm__ volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)::"x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
                   "x12", "x13", "x14", "x15", "x16", "x17", "memory");
  return x0;
}

/* boot/memory.S and boot/world.S. */
extern void bulkhead_scrub(u64 va, u64 length);
extern void bulkhead_clean(u64 va, u64 length);
extern void bulkhead_load(u64 to, u64 from, u64 length);
extern u32 bulkhead_crc32(u64 va, u64 length, u32 before);
extern void bulkhead_reset_el1(void);
extern void bulkhead_save_el1(u64 area);
extern void bulkhead_load_el1(u64 area);
extern void bulkhead_copy(void* to, const void* from, u64 length);
HW void w2c_hw_copy(struct w2c_hw* hw, u64 to, u64 from, u64 length) { bulkhead_copy((void*)to, (const void*)from, length); }
HW void w2c_hw_zero(struct w2c_hw* hw, u64 va, u64 length) { __builtin_memset((void*)va, 0, length); }
HW void w2c_hw_scrub(struct w2c_hw* hw, u64 va, u64 length) { bulkhead_scrub(va, length); }
HW void w2c_hw_clean(struct w2c_hw* hw, u64 va, u64 length) { bulkhead_clean(va, length); }
HW void w2c_hw_load(struct w2c_hw* hw, u64 to, u64 from, u64 length) { bulkhead_load(to, from, length); }
HW u32 w2c_hw_crc32(struct w2c_hw* hw, u64 va, u64 length, u32 before) { return bulkhead_crc32(va, length, before); }
HW void w2c_hw_reset_el1(struct w2c_hw* hw) { bulkhead_reset_el1(); }
HW void w2c_hw_save_el1(struct w2c_hw* hw, u32 at) { bulkhead_save_el1(at); }
HW void w2c_hw_load_el1(struct w2c_hw* hw, u32 at) { bulkhead_load_el1(at); }

/* Where the linker put what; offsets from IMAGE_VA. */
extern char __data_start[], __image_end[], __tables_start[], secondary[], secondary_spin[];
#define IMAGE_OFFSET(symbol) ((u64)(symbol) - 0x4000000000ull)
HW u64 w2c_hw_data_offset(struct w2c_hw* hw) { return IMAGE_OFFSET(__data_start); }
HW u64 w2c_hw_image_size(struct w2c_hw* hw) { return IMAGE_OFFSET(__image_end); }
HW u64 w2c_hw_tables_offset(struct w2c_hw* hw) { return IMAGE_OFFSET(__tables_start); }
HW u64 w2c_hw_secondary_offset(struct w2c_hw* hw) { return IMAGE_OFFSET(secondary); }
HW u64 w2c_hw_spin_offset(struct w2c_hw* hw) { return IMAGE_OFFSET(secondary_spin); }

/* Which build this is: extensions carry the same number. */
extern u64 __build;
HW u64 w2c_hw_build(struct w2c_hw* hw) { return __build; }

/* Which module's text an address lies in, wherever the linker put it, as offsets from the image; 2: none's. */
extern const struct { u32 start, size; } __module_table[];
HW u32 w2c_hw_module_of(struct w2c_hw* hw, u64 pc) {
  for (u32 i = 0; __module_table[i].start; i++)
    if (IMAGE_OFFSET(pc) - __module_table[i].start < __module_table[i].size >> 4) return __module_table[i].size & 15;
  return 2;
}

#endif

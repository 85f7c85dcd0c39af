/* GIC CPU and hypervisor interface for boot/hw.h, which includes it. IHI 0069, "AArch64 System register descriptions". */

/* GIC system registers by encoding: assemblers know the names only with an architecture extension. */
READ_REGISTER(w2c_hw_icc_iar1_el1, "S3_0_C12_C12_0")
READ_REGISTER(w2c_hw_icc_sre_el2, "S3_4_C12_C9_5")
READ_REGISTER(w2c_hw_ich_vtr_el2, "S3_4_C12_C11_1")
READ_REGISTER(w2c_hw_ich_misr_el2, "S3_4_C12_C11_2")
READ_REGISTER(w2c_hw_ich_eisr_el2, "S3_4_C12_C11_3")
READ_REGISTER(w2c_hw_ich_elrsr_el2, "S3_4_C12_C11_5")
READ_REGISTER(w2c_hw_ich_vmcr_el2, "S3_4_C12_C11_7")
READ_REGISTER(w2c_hw_ich_hcr_el2, "S3_4_C12_C11_0")
WRITE_REGISTER(w2c_hw_set_icc_eoir1_el1, "S3_0_C12_C12_1")
WRITE_REGISTER(w2c_hw_set_icc_dir_el1, "S3_0_C12_C11_1")
WRITE_REGISTER(w2c_hw_set_icc_pmr_el1, "S3_0_C4_C6_0")
WRITE_REGISTER(w2c_hw_set_icc_bpr1_el1, "S3_0_C12_C12_3")
WRITE_REGISTER(w2c_hw_set_icc_ctlr_el1, "S3_0_C12_C12_4")
WRITE_REGISTER(w2c_hw_set_icc_igrpen1_el1, "S3_0_C12_C12_7")
WRITE_REGISTER(w2c_hw_set_icc_sre_el2, "S3_4_C12_C9_5")
WRITE_REGISTER(w2c_hw_set_icc_sre_el1, "S3_0_C12_C12_5")
WRITE_REGISTER(w2c_hw_set_icc_sgi1r_el1, "S3_0_C12_C11_5")
WRITE_REGISTER(w2c_hw_set_ich_hcr_el2, "S3_4_C12_C11_0")
WRITE_REGISTER(w2c_hw_set_ich_vmcr_el2, "S3_4_C12_C11_7")

/* ICH_LR<n>_EL2: the register number is part of the instruction. */
#define LIST_REGISTERS(X) \
  X(0, "S3_4_C12_C12_0") X(1, "S3_4_C12_C12_1") X(2, "S3_4_C12_C12_2") X(3, "S3_4_C12_C12_3") \
  X(4, "S3_4_C12_C12_4") X(5, "S3_4_C12_C12_5") X(6, "S3_4_C12_C12_6") X(7, "S3_4_C12_C12_7") \
  X(8, "S3_4_C12_C13_0") X(9, "S3_4_C12_C13_1") X(10, "S3_4_C12_C13_2") X(11, "S3_4_C12_C13_3") \
  X(12, "S3_4_C12_C13_4") X(13, "S3_4_C12_C13_5") X(14, "S3_4_C12_C13_6") X(15, "S3_4_C12_C13_7")
HW u64 w2c_hw_ich_lr_el2(struct w2c_hw* hw, u32 n) {
  u64 value = 0;
  switch (n) {
#define X(i, name) case i: __asm__ volatile("mrs %0, " name : "=r"(value)); break;
    LIST_REGISTERS(X)
#undef X
  }
  return value;
}
HW void w2c_hw_set_ich_lr_el2(struct w2c_hw* hw, u32 n, u64 value) {
  switch (n) {
#define X(i, name) case i: __asm__ volatile("msr " name ", %0" ::"r"(value)); break;
    LIST_REGISTERS(X)
#undef X
  }
}
/* The first `count` list registers, to and from memory in core's window: falls through from the last to the first. */
#define LIST_REGISTERS_DOWN(X) \
  X(15, "S3_4_C12_C13_7") X(14, "S3_4_C12_C13_6") X(13, "S3_4_C12_C13_5") X(12, "S3_4_C12_C13_4") \
  X(11, "S3_4_C12_C13_3") X(10, "S3_4_C12_C13_2") X(9, "S3_4_C12_C13_1") X(8, "S3_4_C12_C13_0") \
  X(7, "S3_4_C12_C12_7") X(6, "S3_4_C12_C12_6") X(5, "S3_4_C12_C12_5") X(4, "S3_4_C12_C12_4") \
  X(3, "S3_4_C12_C12_3") X(2, "S3_4_C12_C12_2") X(1, "S3_4_C12_C12_1") X(0, "S3_4_C12_C12_0")
HW void w2c_hw_save_list_registers(struct w2c_hw* hw, u32 at, u32 count) {
  u64* to = (u64*)(u64)at;
  switch (count) {
#define X(i, name) case i + 1: __asm__ volatile("mrs %0, " name : "=r"(to[i])); __attribute__((fallthrough));
    LIST_REGISTERS_DOWN(X)
#undef X
    default: break;
  }
}
HW void w2c_hw_load_list_registers(struct w2c_hw* hw, u32 at, u32 count) {
  u64* from = (u64*)(u64)at;
  switch (count) {
#define X(i, name) case i + 1: __asm__ volatile("msr " name ", %0" ::"r"(from[i])); __attribute__((fallthrough));
    LIST_REGISTERS_DOWN(X)
#undef X
    default: break;
  }
}

/* Active priorities, 1, 2 or 4 registers a group (`count`): ICH_AP0R<n>_EL2 at `at`, ICH_AP1R<n>_EL2 four words on. */
#define ACTIVE_PRIORITIES(X) \
  X(4, "S3_4_C12_C8_3", "S3_4_C12_C9_3") X(3, "S3_4_C12_C8_2", "S3_4_C12_C9_2") \
  X(2, "S3_4_C12_C8_1", "S3_4_C12_C9_1") X(1, "S3_4_C12_C8_0", "S3_4_C12_C9_0")
HW void w2c_hw_save_active_priorities(struct w2c_hw* hw, u32 at, u32 count) {
  u64* to = (u64*)(u64)at;
  switch (count) {
#define X(n, group0, group1) \
  case n: __asm__ volatile("mrs %0, " group0 "\n mrs %1, " group1 : "=r"(to[n - 1]), "=r"(to[n + 3])); \
    __attribute__((fallthrough));
    ACTIVE_PRIORITIES(X)
#undef X
    default: break;
  }
}
HW void w2c_hw_load_active_priorities(struct w2c_hw* hw, u32 at, u32 count) {
  u64* from = (u64*)(u64)at;
  switch (count) {
#define X(n, group0, group1) \
  case n: __asm__ volatile("msr " group0 ", %0\n msr " group1 ", %1" ::"r"(from[n - 1]), "r"(from[n + 3])); \
    __attribute__((fallthrough));
    ACTIVE_PRIORITIES(X)
#undef X
    default: break;
  }
}

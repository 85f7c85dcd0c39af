/* Break- and watchpoints behind src/hw.ts. DDI 0487, "DBGBCR<n>_EL1", "DBGWCR<n>_EL1": the number is part of the register's name. */
#ifndef BULKHEAD_HW_DEBUG_H
#define BULKHEAD_HW_DEBUG_H

#define POINT(n, value_name, control_name)                                                              \
  case n:                                                                                               \
    __asm__ volatile("msr " control_name ", xzr\n isb\n msr " value_name ", %0\n msr " control_name ", %1" \
                     ::"r"(value), "r"(control) : "memory");                                            \
    break;

HW void w2c_hw_set_breakpoint(struct w2c_hw* hw, u32 n, u64 value, u64 control) {
  switch (n) {
    POINT(0, "dbgbvr0_el1", "dbgbcr0_el1")
    POINT(1, "dbgbvr1_el1", "dbgbcr1_el1")
    POINT(2, "dbgbvr2_el1", "dbgbcr2_el1")
    POINT(3, "dbgbvr3_el1", "dbgbcr3_el1")
  }
}

HW void w2c_hw_set_watchpoint(struct w2c_hw* hw, u32 n, u64 value, u64 control) {
  switch (n) {
    POINT(0, "dbgwvr0_el1", "dbgwcr0_el1")
    POINT(1, "dbgwvr1_el1", "dbgwcr1_el1")
    POINT(2, "dbgwvr2_el1", "dbgwcr2_el1")
    POINT(3, "dbgwvr3_el1", "dbgwcr3_el1")
  }
}
#undef POINT

#endif

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

#define EVERY_POINT(each)                                                                             \
  each(0) each(1) each(2) each(3) each(4) each(5) each(6) each(7) each(8) each(9) each(10) each(11) \
      each(12) each(13) each(14) each(15)
/* No switch: its table would lie with the image's constants. */
#define SAVE(n, kind)                                                                                \
  if (count == n) break;                                                                             \
  __asm__ volatile("mrs %0, dbg" kind "vr" #n "_el1\n mrs %1, dbg" kind "cr" #n "_el1"              \
                   : "=r"(at[2 * n]), "=r"(at[2 * n + 1])::"memory");
#define LOAD(n, kind)                                                                                \
  if (count == n) break;                                                                             \
  __asm__ volatile("msr dbg" kind "vr" #n "_el1, %0\n msr dbg" kind "cr" #n "_el1, %1" ::"r"(at[2 * n]), \
                   "r"(at[2 * n + 1]) : "memory");
#define SAVE_BREAK(n) SAVE(n, "b")
#define SAVE_WATCH(n) SAVE(n, "w")
#define LOAD_BREAK(n) LOAD(n, "b")
#define LOAD_WATCH(n) LOAD(n, "w")
#define MOVE(each, from, number)      \
  do {                                \
    u64* at = (u64*)(uintptr_t)(from); \
    u32 count = number;               \
    EVERY_POINT(each)                 \
  } while (0)

HW u64 w2c_hw_mdscr_el1(struct w2c_hw* hw) {
  u64 value;
  __asm__ volatile("mrs %0, mdscr_el1" : "=r"(value)::"memory");
  return value;
}
HW void w2c_hw_save_points(struct w2c_hw* hw, u32 to, u32 breakpoints, u32 watchpoints) {
  MOVE(SAVE_BREAK, to, breakpoints);
  MOVE(SAVE_WATCH, to + 16 * breakpoints, watchpoints);
}
/* Not while MDSCR_EL1.MDE is set: a control register would meet another point's address. */
HW void w2c_hw_load_points(struct w2c_hw* hw, u32 from, u32 breakpoints, u32 watchpoints) {
  MOVE(LOAD_BREAK, from, breakpoints);
  MOVE(LOAD_WATCH, from + 16 * breakpoints, watchpoints);
}
#undef MOVE
#undef SAVE_BREAK
#undef SAVE_WATCH
#undef LOAD_BREAK
#undef LOAD_WATCH
#undef SAVE
#undef LOAD
#undef EVERY_POINT

#endif

/** Debugging of guests: numbers that core, the control protocol and the tool share. doc/debug.md. */

/** `core.debug`: what a debugger asks of a VM; answered by CONTROL_*. The VM halts, or goes on without its debugger. */
export const DEBUG_ATTACH = 1
export const DEBUG_DETACH = 2
/** All of it goes on; one vCPU by one instruction, for which the others stand still, with or without interrupts of its own. */
export const DEBUG_GO = 3
export const DEBUG_STEP = 4
export const DEBUG_STEP_QUIET = 5

/** Why a vCPU had its VM halt. */
export const HALT_NONE = 0
export const HALT_BREAKPOINT = 1
export const HALT_POINT = 2
export const HALT_WATCH = 3
export const HALT_STEP = 4
export const HALT_CRASH = 5
/** The VM hangs: HANG_WATCHDOG, HANG_HEARTBEAT of src/abi/life.ts. */
export const HALT_WATCHDOG = 6
export const HALT_HEARTBEAT = 7

/** `core.debugRegister`: x0 to x30, then these. */
export const REGISTER_SP = 31
export const REGISTER_PC = 32
export const REGISTER_PSTATE = 33
/** Halves of v0 to v31, the lower first; then FPSR and FPCR. */
export const REGISTER_V = 34
export const REGISTER_FPSR = 98
export const REGISTER_FPCR = 99
export const REGISTERS = 100
/** Of a vCPU's halt: HALT_*, and where. 1 if the vCPU is on. */
export const REGISTER_HALT = 100
export const REGISTER_HALT_AT = 101
export const REGISTER_ON = 102

/** Hardware points of a VM: breakpoints, then watchpoints. Every Armv8 CPU has two of each at least. */
export const POINTS = 4
/** What a point looks for: DBGWCR<n>_EL1.LSC of a watchpoint, 4 for a breakpoint; 0 frees it. */
export const POINT_LOAD = 1
export const POINT_STORE = 2
export const POINT_EXECUTE = 4

/** The immediate of the BRK that a debugger writes in place of an instruction: any other is the guest's own. */
export const BREAK_IMMEDIATE = 0xdb9
/** Bytes of memory that one request may read or write. */
export const READ_MOST = 512
export const WRITE_MOST = 96

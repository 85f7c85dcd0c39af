/** What host may ask of core. */

/** Physical count, in ticks of the frequency given to `init`. */
export declare function ticks(): u64
/** STATE_*. */
export declare function vmState(vm: u32): u32
/** FIGURE_*; 0 for a VM that there is not. */
export declare function vmFigure(vm: u32, which: u32): u64
/** Byte `i` of the board's name, as its DTB's `compatible` begins; 0 behind the last. */
export declare function boardByte(i: u32): u32
/** What an operator asks: CONTROL_*, and CONTROL_DONE or why not. */
export declare function control(what: u32, vm: u32): u32
/** EXPLAIN_LINES or EXPLAIN_RECORDS follow, one for each vCPU, from the CPU that has it. */
export declare function explain(vm: u32, form: u32): void
/** A debugger's: src/core/services-debug.ts. Only for a VM of which FIGURE_DEBUGGABLE says 1. */
export declare function debug(what: u32, vm: u32, vcpu: u32): u32
export declare function debugHalts(vm: u32): u32
export declare function debugPlace(vm: u32, vcpu: u32, va: u64): u64
export declare function debugPoint(vm: u32, i: u32, kind: u32, va: u64, length: u32): u32
export declare function debugPoints(): u32
export declare function debugRead(vm: u32, ipa: u64): u64
export declare function debugRegister(vm: u32, vcpu: u32, which: u32): u64
export declare function debugSetRegister(vm: u32, vcpu: u32, which: u32, value: u64): u32
export declare function debugVcpus(vm: u32): u32
export declare function debugWrite(vm: u32, ipa: u64, value: u32): u32

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
/** How many bytes of its RAM a VM is to keep: CONTROL_DONE or why not. */
export declare function balloon(vm: u32, bytes: u64): u32
/** The size of the terminal at a VM's console: CONTROL_DONE or why not. */
export declare function consoleSize(vm: u32, columns: u32, rows: u32): u32
/** EXPLAIN_LINES or EXPLAIN_RECORDS follow, one for each vCPU, from the CPU that has it. */
export declare function explain(vm: u32, form: u32): void

/** What host may ask of core. */

/** Physical count, in ticks of the frequency given to `init`. */
export declare function ticks(): u64
/** STATE_*. */
export declare function vmState(vm: u32): u32
/** FIGURE_*; 0 for a VM that there is not. */
export declare function vmFigure(vm: u32, which: u32): u64
/** What an operator asks: CONTROL_*, and CONTROL_DONE or why not. */
export declare function control(what: u32, vm: u32): u32
/** Lines of the hypervisor's own follow, from each CPU that has a vCPU of the VM. */
export declare function explain(vm: u32): void

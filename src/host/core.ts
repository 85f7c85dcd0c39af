/** What host may ask of core. */

/** Physical count, in ticks of the frequency given to `init`. */
export declare function ticks(): u64
/** 0 absent, 1 running, 2 stopped, 3 crashed, 4 starting. */
export declare function vmState(vm: u32): u32

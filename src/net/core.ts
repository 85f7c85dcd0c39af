/** What the switch may ask of core. */

/** Physical count, in ticks of the frequency given to `init`. */
export declare function ticks(): u64

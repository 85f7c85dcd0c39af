/** What core calls in the compartment of the switch; always under the switch's lock. A call that fails says all ones. */

export declare function init(frequency: u64): void
/** Its address, first byte lowest; PORT_ bits, VLAN and network. */
export declare function addPort(port: u32, mac: u64, place: u64): void
/** What it knew of the port is forgotten. */
export declare function removePort(port: u32): void
/** The ports that get a frame: its first 14 bytes in two words. */
export declare function forward(port: u32, head: u64, rest: u64): u32

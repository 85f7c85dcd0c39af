/**
 * The door to the machine: every primitive that AssemblyScript may use, one instruction or one named sequence each.
 * `boot/hw.h` holds the other half; `test/shape` compares the two lists. Addresses are EL2 virtual addresses.
 */

// System registers, by the manual's names (DDI 0487, "AArch64 System Register Descriptions").
export declare function esr_el2(): u64
export declare function far_el2(): u64
export declare function hpfar_el2(): u64
export declare function mpidr_el1(): u64
export declare function midr_el1(): u64
export declare function cntfrq_el0(): u32
export declare function cntpct_el0(): u64
export declare function cntv_ctl_el0(): u64
export declare function cntp_ctl_el0(): u64
export declare function par_el1(): u64

// Memory in EL2's address space outside the window: through the direct map or a device window.
export declare function load64(va: u64): u64
export declare function store64(va: u64, value: u64): void
export declare function read32(va: u64): u32
export declare function write32(va: u64, value: u32): void

// Barriers and maintenance.
export declare function isb(): void
export declare function dsb_sy(): void
export declare function dsb_ish(): void
export declare function wfi(): void

/** The door to the machine for a program at EL1; boot/guest.h holds the other half. Addresses are physical: the map is one to one. */

// System registers, by the manual's names (DDI 0487; GIC registers IHI 0069). A write takes effect before the next statement.
export declare function cntfrq_el0(): u64
export declare function cntpct_el0(): u64
export declare function cntvct_el0(): u64
export declare function cntv_ctl_el0(): u64
export declare function set_cntv_ctl_el0(value: u64): void
export declare function cntv_cval_el0(): u64
export declare function set_cntv_cval_el0(value: u64): void
export declare function cntv_tval_el0(): u64
export declare function set_cntv_tval_el0(value: u64): void
export declare function cntp_ctl_el0(): u64
export declare function set_cntp_ctl_el0(value: u64): void
export declare function cntp_cval_el0(): u64
export declare function set_cntp_cval_el0(value: u64): void
export declare function cntp_tval_el0(): u64
export declare function set_cntp_tval_el0(value: u64): void
export declare function id_aa64pfr0_el1(): u64
export declare function mpidr_el1(): u64
export declare function icc_sre_el1(): u64
export declare function set_icc_sre_el1(value: u64): void
export declare function icc_iar1_el1(): u64
export declare function set_icc_eoir1_el1(value: u64): void
export declare function icc_iar0_el1(): u64
export declare function set_icc_eoir0_el1(value: u64): void
export declare function set_icc_dir_el1(value: u64): void
export declare function icc_rpr_el1(): u64
export declare function set_icc_igrpen0_el1(value: u64): void
export declare function set_icc_pmr_el1(value: u64): void
export declare function set_icc_bpr1_el1(value: u64): void
export declare function set_icc_ctlr_el1(value: u64): void
export declare function set_icc_igrpen1_el1(value: u64): void
export declare function set_icc_sgi1r_el1(value: u64): void

// Devices, and memory outside the program's own.
export declare function read8(address: u64): u32
export declare function read16(address: u64): u32
export declare function read32(address: u64): u32
export declare function read64(address: u64): u64
export declare function write8(address: u64, value: u32): void
export declare function write16(address: u64, value: u32): void
export declare function write32(address: u64, value: u32): void
export declare function write64(address: u64, value: u64): void

// SMCCC calls to whoever runs above.
export declare function hvc(id: u64, a1: u64, a2: u64, a3: u64): u64
export declare function smc(id: u64, a1: u64, a2: u64, a3: u64): u64

export declare function isb(): void
export declare function dsb_sy(): void
/** Waits for an interrupt; variables that a handler changes are read anew afterwards. */
export declare function wfi(): void
export declare function wfe(): void
export declare function sev(): void
export declare function hint_yield(): void
export declare function irq_on(): void
export declare function irq_off(): void
export declare function fiq_on(): void
export declare function fiq_off(): void
/** Writes all FP/SIMD registers, each half another number from `seed` on; bits that differ from that since, 0 if all are kept. */
export declare function set_vectors(seed: u64): void
export declare function vectors_differ(seed: u64): u64
/** Tells the trap handler how to switch the machine off. */
export declare function entered_at(level: u32): void

// Ticks of the virtual count that one instruction (1,000 for nops) takes, plus one for the reading.
export declare function timed_nothing(): u64
export declare function timed_nops(): u64
export declare function timed_read32(address: u64): u64
export declare function timed_write32(address: u64, value: u32): u64
export declare function timed_sgi1r(value: u64): u64
export declare function timed_hvc(id: u64): u64

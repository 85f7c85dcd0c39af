/**
 * The door to the machine: every primitive that core may use, one instruction or one named sequence each.
 * `boot/hw.h` holds the other half; `test/shape` compares the two lists. `va` is an EL2 virtual address.
 */

// System registers, by the manual's names (DDI 0487, "AArch64 System Register Descriptions").
export declare function esr_el2(): u64
export declare function far_el2(): u64
export declare function hpfar_el2(): u64
export declare function mpidr_el1(): u64
export declare function midr_el1(): u64
export declare function cntpct_el0(): u64
export declare function cntvct_el0(): u64
export declare function cntv_ctl_el0(): u64
export declare function cntp_ctl_el0(): u64
export declare function vbar_el1(): u64
export declare function sctlr_el1(): u64
export declare function id_aa64mmfr0_el1(): u64
export declare function id_aa64mmfr1_el1(): u64
export declare function id_aa64pfr0_el1(): u64
export declare function elr_el1(): u64
export declare function cntv_cval_el0(): u64
export declare function cntp_cval_el0(): u64
/** Bit 7: a physical IRQ is pending. */
export declare function isr_el1(): u64
export declare function cntfrq_el0(): u64
export declare function ctr_el0(): u64

export declare function set_hcr_el2(value: u64): void
export declare function set_vtcr_el2(value: u64): void
export declare function set_vttbr_el2(value: u64): void
export declare function set_cptr_el2(value: u64): void
export declare function set_mdcr_el2(value: u64): void
export declare function set_hstr_el2(value: u64): void
export declare function set_mdscr_el1(value: u64): void
export declare function set_oslar_el1(value: u64): void
/** DBGBVR<n>_EL1 and DBGBCR<n>_EL1, DBGWVR<n>_EL1 and DBGWCR<n>_EL1: off while they change; n below 4. */
export declare function set_breakpoint(n: u32, value: u64, control: u64): void
export declare function set_watchpoint(n: u32, value: u64, control: u64): void
export declare function mdscr_el1(): u64
/** The CPU's first break- and watchpoints, so many of each, from and to memory: address and control of each. */
export declare function save_points(at: usize, breakpoints: u32, watchpoints: u32): void
export declare function load_points(at: usize, breakpoints: u32, watchpoints: u32): void
export declare function set_cnthctl_el2(value: u64): void
export declare function set_cntvoff_el2(value: u64): void
export declare function set_vmpidr_el2(value: u64): void
export declare function set_vpidr_el2(value: u64): void
export declare function set_elr_el2(value: u64): void
export declare function set_elr_el1(value: u64): void
export declare function set_spsr_el1(value: u64): void
export declare function set_esr_el1(value: u64): void
export declare function set_far_el1(value: u64): void
export declare function set_cntv_cval_el0(value: u64): void
export declare function set_cntp_cval_el0(value: u64): void
export declare function set_cnthp_ctl_el2(value: u64): void
export declare function set_cnthp_cval_el2(value: u64): void
export declare function set_cntv_ctl_el0(value: u64): void
export declare function set_cntp_ctl_el0(value: u64): void

// GIC CPU and hypervisor interface (IHI 0069, "AArch64 System register descriptions").
export declare function icc_iar1_el1(): u64
export declare function icc_sre_el2(): u64
export declare function ich_vtr_el2(): u64
export declare function ich_misr_el2(): u64
export declare function ich_eisr_el2(): u64
export declare function ich_elrsr_el2(): u64
export declare function ich_vmcr_el2(): u64
export declare function ich_hcr_el2(): u64
export declare function set_icc_eoir1_el1(value: u64): void
export declare function set_icc_dir_el1(value: u64): void
export declare function set_icc_pmr_el1(value: u64): void
export declare function set_icc_bpr1_el1(value: u64): void
export declare function set_icc_ctlr_el1(value: u64): void
export declare function set_icc_igrpen1_el1(value: u64): void
export declare function set_icc_sre_el2(value: u64): void
export declare function set_icc_sre_el1(value: u64): void
export declare function set_icc_sgi1r_el1(value: u64): void
export declare function set_ich_hcr_el2(value: u64): void
export declare function set_ich_vmcr_el2(value: u64): void
export declare function ich_lr_el2(n: u32): u64
export declare function set_ich_lr_el2(n: u32, value: u64): void
/** The first `count` list registers, to and from memory in core's window. */
export declare function save_list_registers(at: usize, count: u32): void
export declare function load_list_registers(at: usize, count: u32): void
/** Active priorities, `count` (1, 2 or 4) registers a group: ICH_AP0R<n>_EL2 at `at`, ICH_AP1R<n>_EL2 32 bytes on. */
export declare function save_active_priorities(at: usize, count: u32): void
export declare function load_active_priorities(at: usize, count: u32): void

/** This CPU's page in core's window. */
export declare function tpidr_el2(): usize
/** PMCR_EL0.N, 0 without a PMU. */
export declare function pmu_counters(): u64
/** RNDR, FEAT_RNG: 0 if the CPU has no number now. Only where ID_AA64ISAR0_EL1.RNDR says that it is there. */
export declare function rndr(): u64
/** ID register op0 3, op1 0, CRn 0; reserved encodings read as zero. */
export declare function id_register(crm: u32, op2: u32): u64

// Memory outside core's window: RAM by the direct map; registers, volatile, by a device window.
/** Copies and zeroes that stay in the caches; the ranges do not overlap. */
export declare function copy(to: u64, from: u64, length: u64): void
export declare function zero(va: u64, length: u64): void
export declare function load64(va: u64): u64
export declare function store64(va: u64, value: u64): void
export declare function load8(va: u64): u32
export declare function store8(va: u64, value: u32): void
export declare function read32(va: u64): u32
export declare function write32(va: u64, value: u32): void

export declare function isb(): void
export declare function dsb_sy(): void
export declare function dsb_ish(): void
export declare function dsb_ishst(): void
export declare function wfi(): void
/** Wakes every CPU that waits in WFE, after what was written before. */
export declare function sev(): void
export declare function pause(): void
/** Until the word at `at`, which another CPU writes, is `ticket`. Looks, and after 4,096 looks naps between them. */
export declare function wait_turn(at: usize, ticket: u32): void
export declare function tlbi_el2(va: u64): void
export declare function tlbi_guest(): void
/** The current guest's stage-2 translations of a page or block; then its stage-1 ones that were made with them. */
export declare function tlbi_ipas2e1is(ipa: u64): void
export declare function tlbi_stage1(): void
/** `tlbi_guest` for the VM of a VTTBR_EL2 that the CPU does not have. */
export declare function tlbi_vm(vttbr: u64): void
/** The current guest's translations, on this CPU alone. */
export declare function tlbi_vmalle1(): void
export declare function ic_ialluis(): void
/** PAR_EL1 of a stage-1 look-up of the guest's `va`; bit 0: no translation. */
export declare function at_s1e1r(va: u64): u64
/** A call to the firmware below; returns x0. */
export declare function smc(fn: u64, a1: u64, a2: u64, a3: u64): u64

// Bulk memory (boot/memory.S), lengths in bytes; scrub and load leave memory clean at the point of coherency.
/** Zeroes; `va` and `length` are multiples of 4 KiB. */
export declare function scrub(va: u64, length: u64): void
export declare function clean(va: u64, length: u64): void
export declare function load(to: u64, from: u64, length: u64): void
/** CRC-32 of what came `before` (0 at first) and these bytes. */
export declare function crc32(va: u64, length: u64, before: u32): u32
/** EL1 and EL0 registers, FP/SIMD included, as after reset. */
export declare function reset_el1(): void
/** Moves the same registers to, or from, EL1_AREA bytes in core's window. */
export declare function save_el1(at: usize): void
export declare function load_el1(at: usize): void

// The linker's answers, as offsets from the start of the image.
export declare function data_offset(): u64
export declare function image_size(): u64
export declare function tables_offset(): u64
export declare function secondary_offset(): u64
export declare function spin_offset(): u64
/** This build's number; extensions carry the same. */
export declare function build(): u64
/** Which module's text holds `pc`: 0 core, 1 vmm, 2 none, then the services. */
export declare function module_of(pc: u64): u32

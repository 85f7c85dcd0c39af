/** What core, the vmm instances and host say to each other in numbers. */

/** `vmm.init` devices, a bit for each model that the VM's config lists; the GIC, PSCI and timers are always there. */
export const DEVICE_UART = 1
export const DEVICE_RTC = 2
/** An SP805; and that somebody waits for the VM's signs of life: these two are in the extension `life`. */
export const DEVICE_WATCHDOG = 4
export const DEVICE_SIGNS = 8

/** `core.vmStop` actions: what the guest asked for. */
export const STOP_OFF = 0
export const STOP_RESET = 1

/** Figures of a vCPU since its VM started: ticks on its CPU, ticks ready without it; exits by class. */
export const STAT_RAN = 0
export const STAT_STOLEN = 1
export const STAT_HYPERCALLS = 2
export const STAT_ACCESSES = 3
export const STAT_INTERRUPTS = 4
export const STAT_TRAPS = 5
/** Interrupts that it was given; of these the compartment keeps account itself. */
export const STAT_INJECTED = 6
/** Ticks: the longest that EL2 kept it from running, or from being interrupted, at one go: see doc/why/residency.md. */
export const STAT_LONGEST = 7

/** `console.put` source that is not a VM: the hypervisor itself. */
export const SOURCE_HYPERVISOR = 0xff

/** `host.init` UART kinds; 0 is one that nobody drives. */
export const UART_KIND_NONE = 0
export const UART_KIND_PL011 = 1
/** Raspberry Pi's mini UART. */
export const UART_KIND_MINI = 2
export const UART_KIND_CADENCE = 3
export const UART_KIND_IMX = 4

/** What ended a compartment's call: wasm traps as the C runtime numbers them, then the MMU's answer. */
export const TRAP_UNREACHABLE = 1
export const TRAP_DIVIDE_BY_ZERO = 2
export const TRAP_OVERFLOW = 3
export const TRAP_OUT_OF_BOUNDS = 4
export const TRAP_INDIRECT_CALL = 5
export const TRAP_FUEL = 6
export const TRAP_ASSERT = 7
export const TRAP_MEMORY = 8

/** Loop turns that one call into vmm, host or net may take, in units of 256; then TRAP_FUEL. */
export const CALL_FUEL_VMM = 512
/** host's flush waits for a real UART: 33 M reads of its flag register. */
export const CALL_FUEL_HOST = 131072
export const CALL_FUEL_NET = 64
/** storage waits for its device when it begins: a second of looks at the clock. */
export const CALL_FUEL_STORAGE = 131072
/** uplink waits for its card to reset itself when it begins: a tenth of a second of looks at the clock. */
export const CALL_FUEL_UPLINK = 16384

/** What core calls in the compartment that drives the board's own devices; always under `host.lock`. */

/** `offset`: of the UART's registers in the page at WINDOW_DEVICE. */
export declare function init(kind: u32, offset: u32, frequency: u32): void
export declare function setName(source: u32, index: u32, ch: u32): void
/** Up to eight bytes of a VM's, the first in bits 7:0; how many its ring took. */
export declare function put(source: u32, bytes: u64, count: u32): u32
/** Up to eight bytes of the hypervisor's own; how many were taken. */
export declare function say(bytes: u64, count: u32): u32
/** The control protocol's extension is there. */
export declare function attach(frequency: u32): void
/** A VM is in another state: STATE_*, CAUSE_*. */
export declare function tell(vm: u32, state: u32, cause: u32): void
/** 1: whoever reads records is to have one of this VM, with members that `report` adds; a line feed ends it. */
export declare function openReport(vm: u32): u32
export declare function report(bytes: u64, count: u32): void
/** The control line has a UART of its own, `offset` bytes behind WINDOW_DEVICE. */
export declare function openWire(kind: u32, offset: u32): void
/** The line of the VM that holds `control`: its driver begins anew; up to eight bytes of it; up to seven for it, how many in bits 63:56. */
export declare function lineReset(vm: u32): void
export declare function lineWrite(bytes: u64, count: u32): void
export declare function lineRead(): u64
export declare function uartInterrupt(): void
export declare function poll(): void
export declare function flush(): void
export declare function nextInput(vm: u32): u32
export declare function inputPending(): u32
export declare function roomPending(): u32
/** Physical count at which `poll` has something to do; all ones: never. */
export declare function deadline(): u64

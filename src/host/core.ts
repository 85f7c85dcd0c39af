/** What host may ask of core. */

/** Physical count, in ticks of the frequency given to `init`. */
export declare function ticks(): u64
/** STATE_*. */
export declare function vmState(vm: u32): u32
/** FIGURE_*; 0 for a VM that there is not. */
export declare function vmFigure(vm: u32, which: u32): u64
/** Bytes of RAM that nobody has. */
export declare function freeMemory(): u64
/** Byte `i` of the board's name, as its DTB's `compatible` begins; 0 behind the last. */
export declare function boardByte(i: u32): u32
/** What an operator asks: CONTROL_*, and CONTROL_DONE or why not. */
export declare function control(what: u32, vm: u32): u32
/** How many bytes of its RAM a VM is to keep: CONTROL_DONE or why not. */
export declare function balloon(vm: u32, bytes: u64): u32
/** The size of the terminal at a VM's console: CONTROL_DONE or why not. */
/** CONTROL_*; a port's name in two words of six bytes. */
export declare function consolePort(vm: u32, low: u64, high: u64): u32
export declare function consoleSize(vm: u32, columns: u32, rows: u32): u32
/** A VM of template `template`, by a name of up to 31 bytes, the first in bits 7:0 of `name0`, or by the template's if that is 0:
 * CONTROL_* in bits 7:0, the VM's index above. */
export declare function vmCreate(template: u32, name0: u64, name1: u64, name2: u64, name3: u64): u32
/** Byte `i` of a template's name; 0 behind the last, and of what is no template. */
export declare function templateByte(template: u32, i: u32): u32
/** EXPLAIN_LINES or EXPLAIN_RECORDS follow, one for each vCPU, from the CPU that has it. */
export declare function explain(vm: u32, form: u32): void
/** 1: the serial line wants a key. Then word `i` of the nonce to be answered; word `i` of a client's nonce and answer; UNLOCK_* of those;
 * milliseconds until another is looked at; word `i` of the board's own answer. src/core/authenticate.ts. */
export declare function keyed(): u32
export declare function challengeWord(i: u32): u64
export declare function offerWord(i: u32, word: u64): void
export declare function unlock(): u32
export declare function unlockWait(): u64
export declare function proofWord(i: u32): u64
/** Traces of cores, once FIGURE_TRACEABLE says 1. */
export declare function traceBegin(isOn: u32): void
export declare function traceCount(core: u32): u64
export declare function traceWord(core: u32, number: u32, half: u32): u64
/** A debugger's: src/core/services-debug.ts. Only for a VM of which FIGURE_DEBUGGABLE says 1. */
export declare function debug(what: u32, vm: u32, vcpu: u32): u32
export declare function debugHalts(vm: u32): u32
export declare function debugPlace(vm: u32, vcpu: u32, va: u64): u64
export declare function debugPoint(vm: u32, i: u32, kind: u32, va: u64, length: u32): u32
export declare function debugPoints(): u32
export declare function debugRead(vm: u32, ipa: u64): u64
export declare function debugRegister(vm: u32, vcpu: u32, which: u32): u64
export declare function debugSetRegister(vm: u32, vcpu: u32, which: u32, value: u64): u32
export declare function debugVcpus(vm: u32): u32
export declare function debugWrite(vm: u32, ipa: u64, value: u32): u32

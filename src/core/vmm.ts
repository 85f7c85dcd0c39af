/** What core calls in a VM's own compartment; `vm` picks the instance, whose memory and faults are that VM's alone. */

/** Before `init`: a virtio device of a type in a slot. */
export declare function plug(vm: u32, slot: u32, type: u32): void
export declare function init(vm: u32, vcpuCount: u32, gicVersion: u32, lrCount: u32, devices: u32): void
/** After `init`: one of src/abi/setting.ts. */
export declare function configure(vm: u32, setting: u64): void
export declare function mmioRead(vm: u32, vcpu: u32, ipa: u64, size: u32): u64
export declare function mmioWrite(vm: u32, vcpu: u32, ipa: u64, size: u32, value: u64): void
export declare function hypercall(vm: u32, vcpu: u32, fn: u64, a1: u64, a2: u64, a3: u64): u64
export declare function sgi(vm: u32, vcpu: u32, value: u64, group: u32): void
export declare function interrupt(vm: u32, vcpu: u32, intid: u32): void
export declare function maintenance(vm: u32, vcpu: u32): void
export declare function deliver(vm: u32, vcpu: u32): void
export declare function frames(vm: u32, vcpu: u32): void
export declare function consoleSpace(vm: u32, vcpu: u32): u32
export declare function consoleInput(vm: u32, vcpu: u32, ch: u32): void
export declare function consoleRoom(vm: u32, vcpu: u32): void

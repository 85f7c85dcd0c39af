/** What a vmm instance may ask of core, which knows the caller from the CPU it runs on. */

/** List register `i` of the current vCPU, in ICH_LR_EL2's layout on every GIC; GICv2's SGI source stands in bits 34:32. */
export declare function lrRead(i: u32): u64
export declare function lrWrite(i: u32, lr: u64): void
/** `lrWrite` if list register `i` is empty; 0 if it is not, or the interrupt not the VM's. */
export declare function lrRefill(i: u32, lr: u64): u32
/** Bitmap of empty list registers (ICH_ELRSR_EL2), of those whose end of interrupt asks for maintenance (ICH_EISR_EL2). */
export declare function lrEmpty(): u32
export declare function lrEnded(): u32
/** Maintenance enables as in ICH_HCR_EL2 (UIE, LRENPIE, NPIE); status as in ICH_MISR_EL2; reads and clears EOIcount. */
export declare function gicControl(bits: u32): void
export declare function gicStatus(): u32
export declare function gicEoiCount(): u32
/** 1 if the current vCPU's timer (INTID 27 or 30) asserts its interrupt at this moment. */
export declare function timerLine(intid: u32): u32
/** Physically deactivates a forwarded interrupt that will not go through a hardware list register. */
export declare function deactivate(intid: u32): void
/** Makes each vCPU of this VM that is a bit in `vcpus` run `deliver` soon, on its own core. */
export declare function kick(vcpus: u32): void
/** Makes the current vCPU run `deliver` again, after physical interrupts had their turn. */
export declare function again(): void
/** Makes the current vCPU run `deliver` when `counter` says `count`, or before: the earliest wish counts, and who
 * is told too early wishes again. */
export declare function wakeAt(count: u64): void
/** The VM's disk `index` in the order of its config: bytes, 0 if there is none; and whether it can be written. */
export declare function diskSize(index: u32): u64
export declare function diskWritable(index: u32): u32
/** 1: it is on the board's storage, and that extension may be asked for it. */
export declare function diskStored(index: u32): u32
/** Up to 64 KiB between byte `at` of a disk and the VM's RAM at `ipa`; 0 if that cannot be. src/core/disk.ts. */
export declare function diskRead(index: u32, at: u64, ipa: u64, length: u32): u32
export declare function diskWrite(index: u32, at: u64, ipa: u64, length: u32): u32
export declare function diskZero(index: u32, at: u64, length: u32): u32
export declare function diskDiscard(index: u32, at: u64, length: u32): u32
/** Of a disk on the board's storage: CAN_*, all ones if it is none; a request for it, all ones if all are on their way, that is to be given
 * back; its buffer from or to the VM's RAM, or zeroes; VOLUME_*, sector and count; one that is over, with 1 << 30 if it was done;
 * whatever is on its way has no meaning any more. src/core/services-volume.ts. */
export declare function volumeAbilities(disk: u32): u32
export declare function volumeClaim(disk: u32): u32
export declare function volumeRelease(disk: u32, ticket: u32): void
export declare function volumeFill(disk: u32, ticket: u32, at: u32, ipa: u64, size: u32): u32
export declare function volumeEmpty(disk: u32, ticket: u32, at: u32, ipa: u64, size: u32): u32
export declare function volumeClear(disk: u32, ticket: u32, size: u32): u32
export declare function volumeSubmit(disk: u32, ticket: u32, request: u32, sector: u64, count: u32): u32
export declare function volumeTake(disk: u32): u32
export declare function volumeForget(disk: u32): void
/** The VM's network device `index`: its MAC address, first byte lowest, and above it the MTU; 1 if its network has offloads. */
export declare function portPlace(index: u32): u64
export declare function portOffload(index: u32): u32
/** Frames may come into the buffers that are offered from now on; or none comes any more. */
export declare function portOpen(index: u32, isMergeable: u32): void
export declare function portClose(index: u32): void
/** How many pieces of buffers can be offered; offers one, in a chain with those before it that were not its last. */
export declare function frameRoom(index: u32): u32
export declare function frameOffer(index: u32, ipa: u64, size: u32, head: u32, isLast: u32): u32
/** A chain that holds a frame or a part of one, and in bits 63:32 its bytes; all ones if there is none. */
export declare function frameTake(index: u32): u64
/** A piece of the frame behind its heads; then the last one, the heads, and it is sent: bytes that were copied. Then who got frames
 * is told. */
export declare function frameGather(index: u32, ipa: u64, size: u32): u32
export declare function frameSend(
  index: u32,
  ipa: u64,
  size: u32,
  virtio: u64,
  checksumOffset: u32,
  ethernet0: u64,
  ethernet1: u64,
): u32
export declare function frameFlush(index: u32): void
/** The VM's device `index` is a socket: sends what was gathered to a CID, behind a header of these words; payload bytes that went, and
 * in bits 63:32 what of the rest: 1, it waits, 2, it goes nowhere. Then resets of connections that ended; 1 if there are more. */
export declare function packetSend(index: u32, cid: u64, ports: u64, kind: u64, credit: u64, forwarded: u32): u64
export declare function packetResets(index: u32): u32
/** The VM's GPIO lines, by their place in its config: how many; level, direction (DIRECTION_*) and what each senses (IRQ_*); the next
 * event of one interrupts; those that have, a bit each, since the last time. src/core/gpio.ts. */
export declare function gpioCount(): u32
export declare function gpioValue(line: u32): u32
export declare function gpioSet(line: u32, value: u32): void
export declare function gpioDirection(line: u32): u32
export declare function gpioDirect(line: u32, direction: u32): void
export declare function gpioSense(line: u32, type: u32): void
export declare function gpioArm(line: u32): void
export declare function gpioTake(): u32
/** A memory that the VM shares, in the bundle's order: a register that core knows, by SHARED_ of src/abi/shared-memory.ts; the VM's
 * state; a peer's doorbell; 1 if the VM's own was rung since it was last taken. */
export declare function sharedFigure(index: u32, which: u32): u32
export declare function sharedSetState(index: u32, state: u32): void
export declare function sharedRing(index: u32, target: u32): void
export declare function sharedRung(index: u32): u32
export declare function sharedTake(index: u32): void
/** Up to 512 pages of 4 KiB from `ipa` on leave the VM's reach, or come back as zeroes; what is not RAM stays. src/core/balloon.ts. */
export declare function ramTakeOut(ipa: u64, count: u32): void
/** Pages that an operator wants in the VM's balloon, plus 1; 0 if nobody said. */
export declare function balloonWish(): u32
export declare function ramPutBack(ipa: u64, count: u32): void
/** 64 random bits that nobody else gets, from what the board has (src/core/entropy.ts). */
export declare function entropy(): u64

export declare function vcpuOn(vcpu: u32, entry: u64, context: u64): void
export declare function vcpuOff(): void
export declare function vcpuSuspend(entry: u64, context: u64, powerDown: u32): void
export declare function vmStop(action: u32): void
/** The guest gave the first sign of this life; or hangs: HANG_*. src/core/services-life.ts. */
export declare function vmAlive(): void
export declare function vmHang(why: u32): void
export declare function ramContains(ipa: u64): u32
export declare function setX(i: u32, value: u64): void
/** IPA of the current vCPU's stolen time (DEN 0057A), 0 if it shares its CPU with nobody. */
export declare function stolenAt(): u64
/** STAT_* of the current vCPU; all ones where there is no such figure. */
export declare function statistic(which: u32): u64
/** The access in progress gets a synchronous external abort. */
export declare function refuse(): void

/** One output byte for the VM's console; 0 if its ring is full. */
export declare function consolePut(ch: u32): u32
/** Up to eight, the first in bits 7:0; how many the ring took. */
export declare function consoleWrite(bytes: u64, count: u32): u32
/** Columns of the terminal at the VM's console, and rows from bit 16 on; 0: nobody said. */
export declare function terminalSize(): u32
/** Which of the console's ports has the keyboard, as far as an operator said. */
export declare function terminalPort(): u32
/** The VM's control line, if it holds `control`: its driver begins anew; up to eight bytes, the first in bits 7:0; up to seven that came,
 * and how many in bits 63:56. */
export declare function controlReset(): void
export declare function controlWrite(bytes: u64, count: u32): void
export declare function controlRead(): u64
/** Typed bytes are welcome again, after `consoleSpace` had to say that there is no room. */
export declare function consoleReady(): void
/** The VM's virtual count, its frequency in Hz, and the seconds since 1970 at count 0 (0: the board has no clock). */
export declare function counter(): u64
export declare function frequency(): u32
export declare function epoch(): u64

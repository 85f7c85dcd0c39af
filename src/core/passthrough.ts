/**
 * Devices of the board that a VM has to itself: their pages in its stage 2, their interrupts forwarded into its vGIC; and lines of
 * its GPIO (src/core/gpio.ts).
 *
 * An interrupt goes to the CPU of its VM's first vCPU, whichever vCPU the guest wants it on. It stays active until the guest ends
 * it, so that a device that never falls silent costs one exit. Where the VM is not on that CPU, a bit waits for it.
 */
import { INTID_COUNT } from '../abi/guest-machine'
import { PAGE_SIZE } from '../abi/layout'
import { ADDRESS } from '../arch/descriptor'
import { isEmpty } from '../lib/literal'
import * as bundle from './bundle-device'
import * as compartment from './compartment'
import { Cpu, cpuAt } from './cpu'
import { turnOn } from './device-clock'
import * as gic from './gic'
import * as spi from './gic-spi'
import * as gpio from './gpio'
import { uartIntid, wireIntid } from './machine'
import { remind } from './request'
import { mapDevice } from './stage2'
import { isTaken } from './taken'
import { DUE_DEVICE, Power, powerOf, Vcpu, vcpuAt } from './vcpu'
import { Vm, vmAt, vmCount } from './vm'

const TWICE: string = 'two VMs want one device'
/** RAM, what is the hypervisor's own, private interrupts, and what no board has. */
const FORBIDDEN: string = 'a VM wants what no VM may have as a device'
const FIRST: u32 = 32
const LAST: u32 = INTID_COUNT
/** For each INTID the VM that has it, plus 1. Boot only. */
const owners = memory.data(INTID_COUNT)
/** Interrupts that were taken and not told yet, a bit each. Atomic. */
const waiting = memory.data(INTID_COUNT / 8, 4)

/** Boot: what the bundle gives VM `vm`. Returns what is wrong, or ''. */
export function assign(vm: Vm): string {
  for (let node = bundle.firstDevice(vm.index); node; node = bundle.nextDevice(node)) {
    const problem = assignDevice(vm, node)
    if (!isEmpty(problem)) return problem
  }
  return ''
}

function assignDevice(vm: Vm, node: usize): string {
  if (bundle.lineCount(node)) return assignLines(vm, node)
  if (!turnOn(node)) return FORBIDDEN
  for (let i: u32 = 0; i < bundle.pageCount(node); i++) {
    const pa = bundle.pageAddress(node, i)
    const size = bundle.pageSize(node, i)
    if (pa + size < pa || isTaken(pa, size) || isOfGpio(pa, size)) return FORBIDDEN
    if (isMapped(vm.index, pa, size)) return TWICE
    if (!mapDevice(vm.vttbr & ADDRESS, pa, pa, size)) return FORBIDDEN
  }
  for (let i: u32 = 0; i < bundle.interruptCount(node); i++) {
    const intid = bundle.interruptId(node, i)
    if (intid < FIRST || intid >= LAST || intid >= spi.limit() || intid == uartIntid || intid == wireIntid)
      return FORBIDDEN
    if (gpio.hasInterrupt(intid)) return FORBIDDEN
    const owner = ownerOf(intid)
    if (owner && owner != vm.index + 1) return TWICE
    spi.setTrigger(intid, bundle.isEdge(node, i))
    store<u8>(owners + intid, <u8>(vm.index + 1))
  }
  return ''
}

/** Whose block nobody else has, and neither do we. */
function assignLines(vm: Vm, node: usize): string {
  if (!gpio.open() || isTaken(gpio.pa, PAGE_SIZE) || isMapped(vm.index + 1, gpio.pa, PAGE_SIZE)) return FORBIDDEN
  if (!gpio.hasPins(vm, node)) return FORBIDDEN
  return gpio.assign(vm, node) ? '' : TWICE
}

function isOfGpio(pa: u64, size: u64): bool {
  return gpio.pa !== 0 && pa < gpio.pa + PAGE_SIZE && gpio.pa < pa + size
}

/** Whether some VM has it, or it is that of lines. */
export function isAnyones(intid: u32): bool {
  return (intid < LAST && ownerOf(intid) !== 0) || gpio.hasInterrupt(intid)
}

/** Whether some VM has a page there, or lines of it. Boot only. */
export function hasPage(pa: u64, size: u64): bool {
  const first = pa & ~(<u64>PAGE_SIZE - 1)
  return isMapped(vmCount, first, pa + size - first) || isOfGpio(pa, size)
}

/** Whether a VM before this one has a page there. */
function isMapped(index: u32, pa: u64, size: u64): bool {
  for (let vm: u32 = 0; vm < index; vm++) {
    for (let node = vmAt(vm).hasDevices ? bundle.firstDevice(vm) : 0; node; node = bundle.nextDevice(node)) {
      for (let i: u32 = 0; i < bundle.pageCount(node); i++) {
        const other = bundle.pageAddress(node, i)
        if (pa < other + bundle.pageSize(node, i) && other < pa + size) return true
      }
    }
  }
  return false
}

/** Boot, once every CPU is there that came: one writer, since the registers hold several interrupts each. */
export function route(): void {
  for (let intid = FIRST; intid < LAST; intid++) {
    const owner = ownerOf(intid)
    if (owner) gic.routeSpi(intid, cpuAt(vcpuAt(vmAt(owner - 1).firstVcpu).cpu))
  }
}

/** The VM begins a life: nothing of the last one is left, and its interrupts may come. */
export function attach(vm: Vm): void {
  detach(vm)
  for (let intid = FIRST; intid < LAST; intid++) {
    if (!isOf(vm.index, intid)) continue
    forget(intid)
    spi.open(intid)
  }
}

/** The VM's life is over, or begins: whatever its guest left enabled or active ends here. */
export function detach(vm: Vm): void {
  gpio.reset(vm)
  for (let intid = FIRST; intid < LAST; intid++) if (isOf(vm.index, intid)) spi.close(intid)
}

/** A shared interrupt that this CPU took. False: no VM's. */
export function take(cpu: Cpu, intid: u32): bool {
  const owner = intid < LAST ? ownerOf(intid) : 0
  if (!owner) return false
  const vcpu = changetype<Vcpu>(cpu.vcpu)
  if (cpu.isLoaded && vcpu.vm == owner - 1) compartment.interrupt(vcpu, intid)
  else {
    atomic.or<u32>(wordOf(intid), bitOf(intid))
    tellSome(cpu, vmAt(owner - 1))
  }
  return true
}

/** The vCPU is current: what waits for its VM goes into the vGIC. */
export function deliver(vcpu: Vcpu): void {
  for (let intid = FIRST; intid < LAST; intid++) {
    if (isWaiting(intid) && isOf(vcpu.vm, intid) && forget(intid)) compartment.interrupt(vcpu, intid)
  }
}

/** A vCPU that may have been told has left: another hears of what waits. */
export function handOver(cpu: Cpu, vm: Vm): void {
  gpio.handOver(vm)
  for (let intid = FIRST; intid < LAST; intid++) {
    if (isWaiting(intid) && isOf(vm.index, intid)) {
      tellSome(cpu, vm)
      return
    }
  }
}

function tellSome(cpu: Cpu, vm: Vm): void {
  for (let i: u32 = 0; i < vm.vcpuCount; i++) {
    const vcpu = vcpuAt(vm.firstVcpu + i)
    if (powerOf(vcpu) !== Power.On) continue
    remind(cpu, vcpu, DUE_DEVICE)
    return
  }
}

/** Whether the end of the physical interrupt may be left to VM `vm`. */
export function isOf(vm: u32, intid: u32): bool {
  return intid - FIRST < LAST - FIRST && ownerOf(intid) == vm + 1
}

function ownerOf(intid: u32): u32 {
  return load<u8>(owners + intid)
}

function wordOf(intid: u32): usize {
  return waiting + ((intid >> 5) << 2)
}

function bitOf(intid: u32): u32 {
  return 1 << (intid & 31)
}

function isWaiting(intid: u32): bool {
  return (atomic.load<u32>(wordOf(intid)) & bitOf(intid)) !== 0
}

/** True if it did wait. */
function forget(intid: u32): bool {
  return (atomic.and<u32>(wordOf(intid), ~bitOf(intid)) & bitOf(intid)) !== 0
}

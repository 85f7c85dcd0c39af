/**
 * Lines of the board's GPIO block that VMs have: each is one VM's, and the block nobody's. A line that has interrupted is masked
 * until its VM asks for the next time, so that no signal from outside costs more than its VM's answers to it.
 */
import { GPIO_INTERRUPTS_MOST, GPIO_LINES_MOST } from '../abi/gpio'
import { MAX_VMS, PAGE_SIZE } from '../abi/layout'
import { DIRECTION_OUT } from '../arch/virtio-gpio'
import { acquire, LOCK_SIZE, release } from '../lib/lock'
import { deviceVa } from './address'
import { systemCell } from './bundle'
import { lineAt, lineCount } from './bundle-device'
import { Cpu } from './cpu'
import * as gic from './gic'
import * as spi from './gic-spi'
import * as chip from './gpio-chip'
import { remind } from './request'
import { mapDevice } from './stage1'
import { DUE_FRAMES, firstOn, Vcpu } from './vcpu'
import { Vm, vmAt } from './vm'

const PINS: u32 = 32
const NO_PIN: u32 = u32.MAX_VALUE
/** Of the bundle's property `gpio`. */
const KIND: u32 = 0
const ADDRESS_HIGH: u32 = 1
const ADDRESS_LOW: u32 = 2
const FIRST_INTID: u32 = 3

/** Physical address of the block, 0 until a VM has lines. Boot only. */
export let pa: u64 = 0
/** INTIDs, 32 bits each; 0: no more. Boot only. */
const intids = memory.data(GPIO_INTERRUPTS_MOST * 4, 4)
/** For each pin the VM that has it, plus 1, and which of its lines it is. Boot only. */
const owners = memory.data(32)
const lines = memory.data(32)
/** For each VM its lines' pins, and how many they are. Boot only. */
const pins = memory.data(MAX_VMS * GPIO_LINES_MOST)
const counts = memory.data(MAX_VMS)
/** For each VM its lines that have interrupted and were not taken, a bit each. Atomic. */
const events = memory.data(MAX_VMS * 4, 4)

const gpioLock = memory.data(LOCK_SIZE, 8)
// gpio.lock, for each pin: IRQ_* that it senses, DIRECTION_*, and whether it is driven high as an output.
const senses = memory.data(32)
const directions = memory.data(32)
const outputs = memory.data(32)

/** Boot: finds the block. False: the bundle names none that we drive. */
export function open(): bool {
  if (pa) return true
  const kind = systemCell('gpio', KIND, 0)
  const at = ((<u64>systemCell('gpio', ADDRESS_HIGH, 0)) << 32) | <u64>systemCell('gpio', ADDRESS_LOW, 0)
  if (!chip.pinsOf(kind) || !at || at & (PAGE_SIZE - 1) || !mapDevice(at, PAGE_SIZE)) return false
  for (let i: u32 = 0; i < <u32>GPIO_INTERRUPTS_MOST; i++) {
    store<u32>(intids + (i << 2), systemCell('gpio', FIRST_INTID + i, 0))
  }
  pa = at
  chip.use(deviceVa(at), kind)
  return true
}

/** Boot, after `open`: whether there are such pins, and no more than a VM can have. */
export function hasPins(vm: Vm, node: usize): bool {
  if (lineCount(node) > <u32>GPIO_LINES_MOST || load<u8>(counts + vm.index)) return false
  const most = chip.pinsOf(systemCell('gpio', KIND, 0))
  for (let i: u32 = 0; i < lineCount(node); i++) if (lineAt(node, i) >= most) return false
  return true
}

/** Boot: such pins become lines of a VM. False: one of them is a line already. */
export function assign(vm: Vm, node: usize): bool {
  const count = lineCount(node)
  for (let i: u32 = 0; i < count; i++) {
    const pin = lineAt(node, i)
    if (load<u8>(owners + pin)) return false
    store<u8>(owners + pin, <u8>(vm.index + 1))
    store<u8>(lines + pin, <u8>i)
    store<u8>(pins + vm.index * GPIO_LINES_MOST + i, <u8>pin)
  }
  store<u8>(counts + vm.index, <u8>count)
  return true
}

/** Boot, once every CPU is there that came. */
export function route(keeper: Cpu): void {
  for (let i: u32 = 0; i < <u32>GPIO_INTERRUPTS_MOST; i++) {
    const intid = intidAt(i)
    if (!intid) continue
    spi.setTrigger(intid, false)
    gic.routeSpi(intid, keeper)
    spi.open(intid)
  }
}

export function hasInterrupt(intid: u32): bool {
  for (let i: u32 = 0; i < <u32>GPIO_INTERRUPTS_MOST; i++) if (intid && intidAt(i) == intid) return true
  return false
}

function intidAt(i: u32): u32 {
  return load<u32>(intids + (i << 2))
}

/** An interrupt of the block that this CPU took: its lines fall silent, and their VMs are told. */
export function take(cpu: Cpu): void {
  let told: u32 = 0
  acquire(gpioLock)
  for (let bits = chip.pending(); bits; bits &= bits - 1) {
    const pin = ctz(bits) & (PINS - 1)
    chip.mask(pin)
    chip.clear(pin)
    const owner = <u32>load<u8>(owners + pin)
    if (!owner) continue
    atomic.or<u32>(eventsOf(owner - 1), 1 << load<u8>(lines + pin))
    told |= 1 << (owner - 1)
  }
  chip.pending()
  release(gpioLock)
  for (; told; told &= told - 1) tell(cpu, vmAt(ctz(told)))
}

/** A vCPU that may have been told has left: another hears of what waits. */
export function handOver(cpu: Cpu, vm: Vm): void {
  if (atomic.load<u32>(eventsOf(vm.index))) tell(cpu, vm)
}

function tell(cpu: Cpu, vm: Vm): void {
  const vcpu = firstOn(vm)
  if (vcpu) remind(cpu, changetype<Vcpu>(vcpu), DUE_FRAMES)
}

/** A life begins, or is over: its lines are inputs, and interrupt nobody. */
export function reset(vm: Vm): void {
  for (let i: u32 = 0; i < countOf(vm); i++) {
    const pin = pinOf(vm, i)
    acquire(gpioLock)
    chip.setOutput(pin, false)
    chip.sense(pin, 0)
    store<u8>(senses + pin, 0)
    store<u8>(directions + pin, 0)
    store<u8>(outputs + pin, 0)
    release(gpioLock)
  }
  atomic.store<u32>(eventsOf(vm.index), 0)
}

export function countOf(vm: Vm): u32 {
  return load<u8>(counts + vm.index)
}

/** The pin of a VM's line; NO_PIN, which no other function takes, if it has no such line. */
export function pinOf(vm: Vm, line: u32): u32 {
  return line < countOf(vm) ? <u32>load<u8>(pins + vm.index * GPIO_LINES_MOST + line) : NO_PIN
}

export function isPin(pin: u32): bool {
  return pin != NO_PIN
}

export function directionOf(pin: u32): u32 {
  return load<u8>(directions + pin)
}

/** An output begins with what was last set. */
export function direct(pin: u32, direction: u32): void {
  acquire(gpioLock)
  const isOutput = direction == DIRECTION_OUT
  if (isOutput) chip.drive(pin, load<u8>(outputs + pin) != 0)
  chip.setOutput(pin, isOutput)
  if (isOutput) chip.drive(pin, load<u8>(outputs + pin) != 0)
  store<u8>(directions + pin, <u8>direction)
  release(gpioLock)
}

export function set(pin: u32, isHigh: bool): void {
  acquire(gpioLock)
  store<u8>(outputs + pin, isHigh ? 1 : 0)
  chip.drive(pin, isHigh)
  release(gpioLock)
}

/** From now on its events are of this type, IRQ_*; earlier ones are forgotten. It interrupts after `arm`. */
export function sense(vm: Vm, line: u32, type: u32): void {
  const pin = pinOf(vm, line)
  acquire(gpioLock)
  chip.sense(pin, type)
  store<u8>(senses + pin, <u8>type)
  release(gpioLock)
  atomic.and<u32>(eventsOf(vm.index), ~(1 << line))
}

/** The next event interrupts. */
export function arm(pin: u32): void {
  acquire(gpioLock)
  const type = <u32>load<u8>(senses + pin)
  if (type) chip.unmask(pin, type)
  release(gpioLock)
}

/** Lines of the VM that have interrupted since the last time. */
export function takeEvents(vm: Vm): u32 {
  return atomic.xchg<u32>(eventsOf(vm.index), 0)
}

function eventsOf(vm: u32): usize {
  return events + ((<usize>vm) << 2)
}

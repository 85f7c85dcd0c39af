/** What core calls in a VM's compartment: `src/core/vmm.ts` is the other side, with the VM's index in front. */

import { DEVICE_SIGNS, DEVICE_UART, DEVICE_WATCHDOG } from '../abi/compartment'
import { SETTING_FIRST_SIGN, SETTING_HEARTBEAT, SETTING_KEY_SHIFT } from '../abi/setting'
import { attach, hasDevice, LOOK_CLOCK, looks } from './fitted'
import { look } from './life/look'
import * as sign from './life/sign'
import * as watchdog from './life/watchdog'
import * as virtual from './para-virtual'
import * as receive from './pl011/receive'
import * as transmit from './pl011/transmit'
import * as uart from './pl011/uart'
import * as rtc from './pl031'
import * as psci from './psci'
import { cpuAt } from './vgic/cpu'
import * as gic from './vgic/enable'
import { takeArrived } from './vgic/pend'
import { settle } from './vgic/settle'

export { mmioRead, mmioWrite } from './bus'
export { frames, plug } from './para-virtual'
export { hypercall } from './smccc'
export { maintain as maintenance } from './vgic/maintenance'
export { forward as interrupt } from './vgic/pend'
export { sgi } from './vgic/sgi'

/** Power-on, after memory was zeroed: once for each life of the VM. */
export function init(vcpuCount: u32, gicVersion: u32, lrCount: u32, devices: u32): void {
  gic.reset(vcpuCount, gicVersion, lrCount)
  psci.reset()
  attach(devices)
  uart.reset(0)
  if (hasDevice(DEVICE_WATCHDOG)) watchdog.reset()
}

/** One of src/abi/setting.ts, after `init` and before the guest runs. */
export function configure(setting: u64): void {
  const key = <u32>(setting >> SETTING_KEY_SHIFT) & 0xff
  if (key != SETTING_HEARTBEAT && key != SETTING_FIRST_SIGN) virtual.configure(setting)
  else if (hasDevice(DEVICE_SIGNS)) sign.configure(setting)
}

/** vCPU `vcpu` has become current, or was kicked. */
export function deliver(vcpu: u32): void {
  if (looks()) lookAround(vcpu)
  virtual.goOn(vcpu)
  if (!cpuAt(vcpu).due) {
    takeArrived(vcpu)
    return
  }
  psci.arrived(vcpu)
  settle(vcpu)
}

/** For devices that go by the clock. */
function lookAround(vcpu: u32): void {
  if (looks() & LOOK_CLOCK) rtc.poll(vcpu)
  if (looks() & ~LOOK_CLOCK) look(vcpu)
}

/** How many typed bytes may come now. A VM without console and UART has no use for any, and takes them all. */
export function consoleSpace(_vcpu: u32): u32 {
  if (virtual.hasKeyboard()) return virtual.space()
  return hasDevice(DEVICE_UART) ? receive.space() : receive.BACKLOG
}

/** A typed byte, of those that `consoleSpace` promised to take. */
export function consoleInput(vcpu: u32, ch: u32): void {
  if (virtual.hasKeyboard()) virtual.input(ch & 0xff)
  else if (hasDevice(DEVICE_UART)) receive.input(vcpu, ch & 0xff)
}

/** Typed bytes have come, or the ring for output has room again. */
export function consoleRoom(vcpu: u32): void {
  transmit.resume(vcpu)
  virtual.room(vcpu)
}

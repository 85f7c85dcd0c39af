/** What core does for a GPIO device: lines of the current VM, by their place in its config; what it asks is checked here. */
import { DIRECTION_IN, isIrqType } from '../arch/virtio-gpio'
import { thisCpu } from './cpu'
import * as gpio from './gpio'
import * as chip from './gpio-chip'
import { Vcpu } from './vcpu'
import { Vm, vmAt } from './vm'

function vm(): Vm {
  return vmAt(changetype<Vcpu>(thisCpu().vcpu).vm)
}

export function gpioCount(): u32 {
  return gpio.countOf(vm())
}

export function gpioValue(line: u32): u32 {
  const pin = gpio.pinOf(vm(), line)
  return gpio.isPin(pin) ? chip.level(pin) : 0
}

export function gpioSet(line: u32, value: u32): void {
  const pin = gpio.pinOf(vm(), line)
  if (gpio.isPin(pin)) gpio.set(pin, value != 0)
}

export function gpioDirection(line: u32): u32 {
  const pin = gpio.pinOf(vm(), line)
  return gpio.isPin(pin) ? gpio.directionOf(pin) : 0
}

export function gpioDirect(line: u32, direction: u32): void {
  const pin = gpio.pinOf(vm(), line)
  if (gpio.isPin(pin) && direction <= DIRECTION_IN) gpio.direct(pin, direction)
}

export function gpioSense(line: u32, type: u32): void {
  if (gpio.isPin(gpio.pinOf(vm(), line)) && isIrqType(type)) gpio.sense(vm(), line, type)
}

export function gpioArm(line: u32): void {
  const pin = gpio.pinOf(vm(), line)
  if (gpio.isPin(pin)) gpio.arm(pin)
}

export function gpioTake(): u32 {
  return gpio.takeEvents(vm())
}

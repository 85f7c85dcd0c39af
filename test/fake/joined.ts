/** VMs of run time in networks: a board with two VMs whose ports are open, and a template; what these do to each other. */
import { expect } from 'vitest'
import { CONTROL_DONE, CONTROL_STOP } from '../../src/abi/life.ts'
import { MiB } from './board.ts'
import type { FakePlace } from './bundle-port.ts'
import { control } from './control.ts'
import { make, unmake } from './made.ts'
import { FakeNetwork, HEADER, MACS } from './network.ts'
import { bytesOf } from './switch.ts'

export const [A, B] = MACS as [string, string]
export const T = '52:00:00:00:00:77'
export const ALL = 'ff:ff:ff:ff:ff:ff'
export const BUFFERS = MiB
/** The VM that is made: of the third entry of the bundle, on CPU 2. */
export const MADE = 2
export const payload = Buffer.from('a frame that nobody else is to have')
export const FRAME = HEADER + 14 + payload.length

/** Two VMs whose ports are open, and a template of `places`. */
export function network(places: FakePlace[] = [{ mac: T }], vms: Partial<FakePlace>[][] = [[{}], [{}]]): FakeNetwork {
  const net = new FakeNetwork(vms, { templates: [places] })
  for (const vm of vms.keys()) {
    net.open(vm)
    offer(net, vm)
  }
  return net
}

export function offer(net: FakeNetwork, vm: number, index = 0): void {
  for (let i = 0; i < 8; i++) net.offer(vm, i, BUFFERS + i * 2048, [2048], index)
}

/** A VM of the template, its driver up. */
export function begin(net: FakeNetwork, name = ''): number {
  const { code, vm } = make(net.machine, MADE, name)
  expect(code).toBe(CONTROL_DONE)
  net.open(vm)
  offer(net, vm)
  return vm
}

export function end(net: FakeNetwork, vm: number): void {
  expect(control(net.machine, CONTROL_STOP, vm)).toBe(CONTROL_DONE)
  expect(unmake(net.machine, vm)).toBe(CONTROL_DONE)
}

export const arrived = (net: FakeNetwork, vm: number, index = 0) => net.take(vm, index).length
export const say = (net: FakeNetwork, vm: number, to: string, from = MACS[vm]!) => net.send(vm, { to, from, payload })
export const macOf = (net: FakeNetwork, vm: number, index = 0) =>
  net.as(vm, () => BigInt(net.machine.core.portPlace!(index)) & 0xffff_ffff_ffffn)
export const word = (mac: string) => Buffer.from([...bytesOf(mac), 0, 0]).readBigUInt64LE()
export const figure = (net: FakeNetwork, vm: number, which: number) => Number(net.machine.core.vmFigure!(vm, which))

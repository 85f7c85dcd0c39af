/** The board's devices by physical address: interrupt controller, UART, clock. */
import { PAGE_SIZE } from '../../src/abi/layout.ts'
import { RTC_PA, UART_PA, UART_SPI } from './board.ts'
import type { Gic } from './gic.ts'
import { GicV2 } from './gicv2.ts'
import { GicV3 } from './gicv3.ts'
import type { GpioBlock } from './gpio-block.ts'
import { FakePl011 } from './pl011.ts'
import { PowerOff, Reset } from './power.ts'
import { PM_PA } from './raspberry.ts'

/** hw/arm/virt.c. */
export const SLOTS_PA = 0x0a00_0000
export const SLOT_STRIDE = 0x200
const SLOTS_SIZE = 0x4000
/** A page of registers that turn on other devices. */
export const CLOCKS_PA = 0x0907_0000
/** Of the power manager's units: now. */
const SOON = 100

export class Devices {
  readonly gic: Gic
  readonly uart = new FakePl011()
  /** The power manager's registers. */
  readonly power = new Map<number, number>()
  /** A GPIO block that a test puts there. */
  gpio: GpioBlock | undefined
  /** What was written to CLOCKS_PA on. */
  readonly clocks: [pa: number, value: number][] = []
  /** How often its watchdog was set to wait for longer. */
  meals = 0
  /** Seconds since 1970 by the PL031. */
  clock = 1_700_000_000
  /** Virtio slots from SLOTS_PA on: what stands in each, device type and version of the transport. */
  readonly slots = new Map<number, { type: number; version?: number }>()
  /** GICv3's CPU interface. */
  readonly primitives: Record<string, unknown>

  constructor(
    version: 2 | 3,
    affinity: readonly number[],
    private readonly current: () => number,
    isHigh: (cpu: number, intid: number) => boolean,
    memory: () => DataView,
  ) {
    const v3 = version === 3 ? new GicV3(affinity, isHigh) : undefined
    this.gic = v3 ?? new GicV2(affinity.length, isHigh)
    this.primitives = v3?.primitives(current, memory) ?? {}
  }

  /** The INTID that a CPU would take now. */
  interruptFor(cpu: number): number {
    this.gic.source(0, UART_SPI).line = this.uart.interrupt
    if (this.gpio) this.gic.source(0, this.gpio.intid).line = this.gpio.line
    return this.gic.pending(cpu)
  }

  read(pa: number): number {
    const value = this.gic.read32(this.current(), pa)
    if (value !== undefined) return value
    if (pa >= UART_PA && pa < UART_PA + PAGE_SIZE) return this.uart.read(pa - UART_PA)
    if (pa === RTC_PA) return this.clock
    if (pa >= SLOTS_PA && pa < SLOTS_PA + SLOTS_SIZE) return this.#readSlot(pa - SLOTS_PA)
    if (pa >= PM_PA && pa < PM_PA + PAGE_SIZE) return this.power.get(pa - PM_PA) ?? 0
    if (this.gpio && pa >= this.gpio.pa && pa < this.gpio.pa + PAGE_SIZE) return this.gpio.read(pa - this.gpio.pa)
    throw new Error(`external abort: no register at ${pa.toString(16)}`)
  }

  /** MagicValue, Version, DeviceID. */
  #readSlot(offset: number): number {
    const slot = this.slots.get(Math.floor(offset / SLOT_STRIDE))
    return [0x7472_6976, slot?.version ?? 2, slot?.type ?? 0][(offset % SLOT_STRIDE) / 4] ?? 0
  }

  write(pa: number, value: number): void {
    if (this.gic.write32(this.current(), pa, value)) return
    if (this.gpio && pa >= this.gpio.pa && pa < this.gpio.pa + PAGE_SIZE) this.gpio.write(pa - this.gpio.pa, value)
    else if (pa >= PM_PA && pa < PM_PA + PAGE_SIZE) this.#manage(pa - PM_PA, value)
    else if (pa >= UART_PA && pa < UART_PA + PAGE_SIZE) this.uart.write(pa - UART_PA, value)
    else if (pa >= CLOCKS_PA && pa < CLOCKS_PA + PAGE_SIZE) this.clocks.push([pa, value >>> 0])
    else throw new Error(`external abort: no register at ${pa.toString(16)}`)
  }

  /** Raspberry Pi's power manager: without its password a write is ignored; a full reset ends the board, for good with RSTS saying "halt". */
  #manage(offset: number, value: number): void {
    if (value >>> 24 !== 0x5a) return
    this.power.set(offset, value & 0xff_ffff)
    const ticks = this.power.get(0x24)
    if (offset !== 0x1c || !(value & 0x20) || ticks === undefined) return
    if (ticks > SOON) {
      this.meals++
      return
    }
    throw this.power.get(0x20) === 0x555 ? new PowerOff() : new Reset()
  }
}

/** The board's devices by physical address: interrupt controller, UART, clock. */
import { PAGE_SIZE } from '../../src/abi/layout.ts'
import { RTC_PA, UART_PA, UART_SPI } from './board.ts'
import type { Gic } from './gic.ts'
import { GicV2 } from './gicv2.ts'
import { GicV3 } from './gicv3.ts'
import { FakePl011 } from './pl011.ts'

export class Devices {
  readonly gic: Gic
  readonly uart = new FakePl011()
  /** Seconds since 1970 by the PL031. */
  clock = 1_700_000_000
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
    return this.gic.pending(cpu)
  }

  read(pa: number): number {
    const value = this.gic.read32(this.current(), pa)
    if (value !== undefined) return value
    if (pa >= UART_PA && pa < UART_PA + PAGE_SIZE) return this.uart.read(pa - UART_PA)
    if (pa === RTC_PA) return this.clock
    throw new Error(`external abort: no register at ${pa.toString(16)}`)
  }

  write(pa: number, value: number): void {
    if (this.gic.write32(this.current(), pa, value)) return
    if (pa < UART_PA || pa >= UART_PA + PAGE_SIZE) throw new Error(`external abort: no register at ${pa.toString(16)}`)
    this.uart.write(pa - UART_PA, value)
  }
}

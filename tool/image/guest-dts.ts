/** The device tree of a guest's machine, as text that a person can read: QEMU virt's nodes for what Bulkhead models. */
import {
  GICC_IPA,
  GICC_SIZE,
  GICD_IPA,
  GICD_SIZE,
  GICR_IPA,
  GICR_STRIDE,
  RAM_IPA,
  RTC_INTID,
  RTC_IPA,
  TIMER_PHYSICAL_INTID,
  TIMER_VIRTUAL_INTID,
  UART_CLOCK,
  UART_INTID,
  UART_IPA,
  VIRTIO_INTID,
  VIRTIO_IPA,
  VIRTIO_STRIDE,
  WATCHDOG_INTID,
  WATCHDOG_IPA,
} from '../../src/abi/guest-machine.ts'
import { PAGE_SIZE } from '../../src/abi/layout.ts'
import type { GicVersion } from '../config/board.ts'
import type { BoardDevice } from '../config/board-device.ts'
import type { DeviceName } from '../config/device.ts'
import { boardNodes } from './board-dts.ts'
import { at, cells, EDGE_RISING, hexCell, LEVEL_HIGH, node, PPI, PPI_BASE, quoted, reg, SPI, SPI_BASE } from './dts.ts'
import { SEEDS } from './seed.ts'

export interface GuestTree {
  gic: GicVersion
  cpus: number
  /** Bytes, and where they begin. */
  memory: number
  ramBase?: number
  devices: readonly DeviceName[]
  /** It has an SP805. */
  watchdog?: boolean
  /** Virtio slots in use, from the first on. */
  slots?: number
  /** The board's devices that the VM has to itself. */
  board?: readonly (readonly [name: string, device: BoardDevice])[]
  bootargs?: string | undefined
  initrd?: { address: number; size: number } | undefined
}

/** The secure and the hypervisor's timers: listed because position tells the four apart, never raised. */
const TIMER_SECURE_INTID = 29
const TIMER_HYPERVISOR_INTID = 26

export function guestDts(tree: GuestTree): string {
  return `/dts-v1/;

/ {
	#address-cells = <2>;
	#size-cells = <2>;
	compatible = "linux,dummy-virt";
	model = "Bulkhead virtual machine";
	interrupt-parent = <&gic>;

${[chosen(tree), memory(tree), cpus(tree), psci(), timer(tree), gic(tree), ...devices(tree), ...slots(tree), ...boardNodes(tree.board ?? [])].join('\n')}};
`
}

function chosen({ devices, bootargs, initrd }: GuestTree): string {
  return node('chosen', [
    bootargs !== undefined && `bootargs = ${quoted(bootargs)}`,
    devices.includes('uart') && 'stdout-path = &uart',
    initrd && `linux,initrd-start = <${cells(initrd.address)}>`,
    initrd && `linux,initrd-end = <${cells(initrd.address + initrd.size)}>`,
    ...Object.entries(SEEDS).map(([name, size]) => `${name} = [${'00'.repeat(size)}]`),
  ])
}

function memory({ memory, ramBase = RAM_IPA }: GuestTree): string {
  return node(at('memory', ramBase), ['device_type = "memory"', reg([ramBase, memory])])
}

function cpus({ cpus }: GuestTree): string {
  const list = Array.from({ length: cpus }, (_, cpu) =>
    node(
      at('cpu', cpu),
      ['device_type = "cpu"', 'compatible = "arm,armv8"', `reg = <${cpu}>`, 'enable-method = "psci"'],
      2,
    ),
  )
  return node('cpus', ['#address-cells = <1>', '#size-cells = <0>'], 1, list)
}

function psci(): string {
  return node('psci', ['compatible = "arm,psci-1.0", "arm,psci-0.2"', 'method = "hvc"'])
}

/** Physical addresses of the four timers' interrupts in the binding's order: secure, physical, virtual, hypervisor. */
function timer(tree: GuestTree): string {
  const intids = [TIMER_SECURE_INTID, TIMER_PHYSICAL_INTID, TIMER_VIRTUAL_INTID, TIMER_HYPERVISOR_INTID]
  const flags = LEVEL_HIGH | ppiTargets(tree)
  const list = intids.map((intid) => `<${PPI} ${intid - PPI_BASE} ${hexCell(flags)}>`)
  return node('timer', ['compatible = "arm,armv8-timer"', 'always-on', `interrupts = ${list.join(', ')}`])
}

/** GICv2 only: the CPUs that the private interrupt reaches, in bits 15:8. */
function ppiTargets({ gic, cpus }: GuestTree): number {
  return gic === 2 ? ((1 << cpus) - 1) << 8 : 0
}

function gic({ gic, cpus }: GuestTree): string {
  const registers: [number, number] = gic === 2 ? [GICC_IPA, GICC_SIZE] : [GICR_IPA, GICR_STRIDE * cpus]
  return node(`gic: ${at('intc', GICD_IPA)}`, [
    // Small guests know the GIC-400 by this older name only.
    `compatible = ${gic === 2 ? '"arm,cortex-a15-gic"' : '"arm,gic-v3"'}`,
    'interrupt-controller',
    '#interrupt-cells = <3>',
    '#address-cells = <0>',
    gic === 3 && '#redistributor-regions = <1>',
    reg([GICD_IPA, GICD_SIZE], registers),
  ])
}

function devices({ devices, watchdog }: GuestTree): string[] {
  if (devices.length === 0 && !watchdog) return []
  const clock = node('clk: apb-pclk', [
    'compatible = "fixed-clock"',
    '#clock-cells = <0>',
    `clock-frequency = <${UART_CLOCK}>`,
    'clock-output-names = "clk24mhz"',
  ])
  return [clock, ...devices.map((device) => DEVICE_NODE[device]), ...(watchdog ? [WATCHDOG_NODE] : [])]
}

/** As QEMU's `virt` has them: Linux, Documentation/devicetree/bindings/virtio/mmio.yaml. */
function slots({ slots = 0 }: GuestTree): string[] {
  return Array.from({ length: slots }, (_, slot) => {
    const address = VIRTIO_IPA + slot * VIRTIO_STRIDE
    return node(at('virtio_mmio', address), [
      'compatible = "virtio,mmio"',
      reg([address, VIRTIO_STRIDE]),
      `interrupts = <${SPI} ${VIRTIO_INTID + slot - SPI_BASE} ${EDGE_RISING}>`,
      'dma-coherent',
    ])
  })
}

const DEVICE_NODE: Record<DeviceName, string> = {
  uart: node(`uart: ${at('pl011', UART_IPA)}`, [
    'compatible = "arm,pl011", "arm,primecell"',
    reg([UART_IPA, PAGE_SIZE]),
    `interrupts = <${SPI} ${UART_INTID - SPI_BASE} ${LEVEL_HIGH}>`,
    'clocks = <&clk>, <&clk>',
    'clock-names = "uartclk", "apb_pclk"',
  ]),
  rtc: node(at('pl031', RTC_IPA), [
    'compatible = "arm,pl031", "arm,primecell"',
    reg([RTC_IPA, PAGE_SIZE]),
    `interrupts = <${SPI} ${RTC_INTID - SPI_BASE} ${LEVEL_HIGH}>`,
    'clocks = <&clk>',
    'clock-names = "apb_pclk"',
  ]),
}

/** Linux, Documentation/devicetree/bindings/watchdog/arm,sp805.yaml: the counter's clock comes first. */
const WATCHDOG_NODE = node(at('watchdog', WATCHDOG_IPA), [
  'compatible = "arm,sp805", "arm,primecell"',
  reg([WATCHDOG_IPA, PAGE_SIZE]),
  `interrupts = <${SPI} ${WATCHDOG_INTID - SPI_BASE} ${LEVEL_HIGH}>`,
  'clocks = <&clk>, <&clk>',
  'clock-names = "wdog_clk", "apb_pclk"',
])

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
} from '../../src/abi/guest-machine.ts'
import { PAGE_SIZE } from '../../src/abi/layout.ts'
import type { GicVersion } from '../config/board.ts'
import type { DeviceName } from '../config/device.ts'
import { SEEDS } from './seed.ts'

export interface GuestTree {
  gic: GicVersion
  cpus: number
  /** Bytes. */
  memory: number
  devices: readonly DeviceName[]
  /** Virtio slots in use, from the first on. */
  slots?: number
  bootargs?: string | undefined
  initrd?: { address: number; size: number } | undefined
}

/** Interrupt specifiers: Linux, Documentation/devicetree/bindings/interrupt-controller/arm,gic-v3.yaml. */
const SPI = 0
const PPI = 1
const SPI_BASE = 32
const PPI_BASE = 16
const LEVEL_HIGH = 4
const EDGE_RISING = 1
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

${[chosen(tree), memory(tree), cpus(tree), psci(), timer(tree), gic(tree), ...devices(tree), ...slots(tree)].join('\n')}};
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

function memory({ memory }: GuestTree): string {
  return node(at('memory', RAM_IPA), ['device_type = "memory"', reg([RAM_IPA, memory])])
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

function devices({ devices }: GuestTree): string[] {
  if (devices.length === 0) return []
  const clock = node('clk: apb-pclk', [
    'compatible = "fixed-clock"',
    '#clock-cells = <0>',
    `clock-frequency = <${UART_CLOCK}>`,
    'clock-output-names = "clk24mhz"',
  ])
  return [clock, ...devices.map((device) => DEVICE_NODE[device])]
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

function node(name: string, properties: (string | false | undefined)[], depth = 1, children: string[] = []): string {
  const indent = '\t'.repeat(depth)
  const lines = properties.filter((line) => typeof line === 'string').map((line) => `${indent}\t${line};\n`)
  return `${indent}${name} {\n${lines.join('')}${children.length ? `\n${children.join('\n')}` : ''}${indent}};\n`
}

function at(name: string, address: number): string {
  return `${name}@${address.toString(16)}`
}

function reg(...ranges: [address: number, size: number][]): string {
  return `reg = ${ranges.map(([address, size]) => `<${cells(address)} ${cells(size)}>`).join(', ')}`
}

/** A 64-bit number as two cells. */
export function cells(value: number): string {
  return `${hexCell(Math.floor(value / 2 ** 32))} ${hexCell(value % 2 ** 32)}`
}

function hexCell(value: number): string {
  return `0x${value.toString(16)}`
}

/** A DTS string; the config admits printable ASCII only. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** The isolation guests: what each asks, and what the console says when the answer is right. */
import type { VmConfig } from '../../tool/config/define.ts'
import { virtio } from '../../tool/config/device.ts'

export interface IsolationGuest {
  name: string
  /** In this folder. */
  source: string
  /** What it asks of the machine. */
  asks: string
  /** Matched by one console line, name in front included, unless `times` says more. */
  expect: RegExp
  /** Lines that must match; 1 by default. */
  times?: number
  /** In place of a generated DTB: a DTS in this folder. */
  dts?: string
  /** Its VM's devices, where they are not those of every VM. */
  devices?: VmConfig['devices']
  /** The VM is meant to end by a crash. */
  crashes?: true
}

/** RAM of each one's VM; kit.h says the same. */
export const MEMORY = 0x100_0000

/** What a guest prints that found the right answer; FAIL, with reasons, stands in its place otherwise. */
const passes = (name: string) => new RegExp(`^${name} *\\| PASS ${name}$`)

function assembly(name: string, asks: string): IsolationGuest {
  return { name, source: `${name}.S`, asks, expect: passes(name) }
}

function program(name: string, asks: string): IsolationGuest {
  return { name, source: `program/${name}.ts`, asks, expect: passes(name) }
}

export const GUESTS: IsolationGuest[] = [
  assembly('outside-ram', 'memory of other VMs, of the hypervisor and of nobody: no address outside its RAM answers'),
  assembly('device-hole', 'every page below RAM that holds none of its devices: synchronous external abort'),
  assembly(
    'device-width',
    'every byte of every device, 8 to 64 bits wide: an answer or an abort, devices keep working',
  ),
  assembly('odd-access', 'unaligned, pair, writeback, exclusive and vector accesses to devices: done, or an abort'),
  assembly('junk-call', 'HVC and SMC with undefined function ids: NOT_SUPPORTED, no register changes'),
  assembly('psci-junk', "PSCI calls with wrong arguments: the standard's error codes"),
  assembly('el2-register', 'registers and instructions of EL2 and EL3: UNDEFINED'),
  assembly('debug-register', 'debug registers: work, read as zero, or UNDEFINED'),
  assembly(
    'breakpoint',
    'a breakpoint, a watchpoint, a software step of its own: its own exceptions, as the architecture says',
  ),
  assembly('pmu-register', 'performance counters: as ID_AA64DFR0_EL1 says'),
  assembly('id-register', "ID registers read; implementations' own and absent extensions' are harmless"),
  assembly('set-way', 'cache maintenance by set and way: done or trapped, memory keeps its content'),
  assembly('unmapped-branch', 'branches to nothing, to devices, beyond RAM: prefetch aborts of its own'),
  assembly('table-walk', 'its page tables point outside its RAM: external abort on the walk'),
  assembly('own-exception', 'SVC, BRK, UDF, FP traps, PC alignment: its own vectors, the right class'),
  assembly('clean-start', "registers and RAM at its first instruction: nobody else's data"),
  assembly('console-flood', '64 KiB without a line end: slow for itself, no silence for others'),
  { ...assembly('dtb-lie', 'a DTB that promises too much: believing it ends in aborts'), dts: 'lying.dts' },
  program('interrupt-flood', 'SGIs, a restless timer, every INTID at once: each arrives as often as it was sent'),
  {
    ...program('virtio-kit', 'the guest kit on a disk, a console, an entropy device: right answers, vectors kept'),
    devices: ['uart', virtio.block({ size: '1M' }), virtio.entropy(), virtio.console()],
  },
  program('wait-storm', 'WFI and WFE as fast as it can: back from every one, never early'),
  program(
    'interrupt-nesting',
    'priority mask, preemption, EOI and deactivation apart, group 0: in the order of the GIC',
  ),
  program('gicd-register', 'the distributor as real-time kernels probe it: widths, reserved bits, what is not there'),
  program('timer-pair', 'virtual and physical timer, each by compare value and by timer value: a level, when due'),
  program(
    'device-interrupt',
    "PL031's alarm, PL011's FIFO levels and loop-back: raised, masked and cleared as the manuals say",
  ),
  {
    ...assembly('reset-loop', 'SYSTEM_RESET whenever it starts: starts anew, again and again'),
    expect: /^reset-loop *\| reset-loop starts$/,
    times: 4,
  },
  {
    ...assembly('no-vectors', 'an exception without vectors: the stop of this VM, and a report'),
    expect: /^bulkhead *\| VM 'no-vectors' crashed/,
    crashes: true,
  },
]

/** Do these console lines hold the right answer? */
export function isRight({ expect, times = 1 }: IsolationGuest, lines: readonly string[]): boolean {
  return lines.filter((line) => expect.test(line)).length >= times
}

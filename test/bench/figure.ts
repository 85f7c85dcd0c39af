/** What the bench measures: its budgets, and what other hypervisors took for the same, counted once in the same way. */
import type { GicVersion } from '../../tool/config/board.ts'

export interface Figure {
  /** As test/bench/guest.ts, program/disk.ts and boot.S print it. */
  key: string
  title: string
  /** Executed instructions at most. */
  budget: number
  peers: Record<GicVersion, (number | undefined)[]>
}

/** QEMU with -icount, cortex-a72, one vCPU, 256 MiB. */
export const PEERS: Record<GicVersion, string[]> = {
  3: ['Bao', 'Xen 4.17', 'KVM nVHE', 'KVM VHE'],
  2: ['Bao', 'Xvisor'],
}

export const FIGURES: Figure[] = [
  {
    key: 'hypercall',
    title: 'HVC PSCI_VERSION',
    budget: 80,
    peers: { 3: [190, 472, 1733, 1356], 2: [190, 398] },
  },
  {
    key: 'typer',
    title: 'GICD_TYPER read',
    budget: 140,
    peers: { 3: [225, 598, 2448, 2112], 2: [225, 719] },
  },
  {
    key: 'isenabler',
    title: 'GICD_ISENABLER write',
    budget: 200,
    peers: { 3: [3562, 726, 2459, 2124], 2: [3593, 1270] },
  },
  {
    key: 'uart',
    title: 'UART flag register read',
    budget: 160,
    peers: { 3: [undefined, 622, 5748, 6202], 2: [undefined, 640] },
  },
  {
    key: 'sgi',
    title: 'SGI to itself, to the handler and back',
    budget: 450,
    peers: { 3: [805, 1126, 3150, 2768], 2: [836, undefined] },
  },
  {
    key: 'timer-busy',
    title: 'timer deadline to handler, busy',
    budget: 150,
    peers: { 3: [202, 1087, 3061, 2672], 2: [207, 2178] },
  },
  {
    key: 'timer-wfi',
    title: 'timer deadline to handler, in WFI',
    budget: 150,
    peers: { 3: [203, 7112, 2591, 2251], 2: [208, 2043] },
  },
  {
    key: 'disk-one',
    title: 'virtio-block, 4 KiB read from RAM',
    budget: 2_500,
    peers: { 3: [undefined, undefined, undefined, undefined], 2: [undefined, undefined] },
  },
  {
    key: 'disk-many',
    title: 'the same, one of 32 at once',
    budget: 700,
    peers: { 3: [undefined, undefined, undefined, undefined], 2: [undefined, undefined] },
  },
  {
    key: 'console-line',
    title: 'virtio-console, a line of 80 characters, one exit',
    budget: 20_000,
    peers: { 3: [undefined, undefined, undefined, undefined], 2: [undefined, undefined] },
  },
  {
    key: 'boot',
    title: "reset to a 10 KiB guest's first instruction",
    budget: 350_000,
    peers: { 3: [392_540, 59_300_000, 990_000_000, 970_000_000], 2: [386_653, 17_900_000] },
  },
  {
    key: 'restart',
    title: 'a 10 KiB guest crashes, to its next life, without scrubbing',
    budget: 200_000,
    peers: { 3: [undefined, undefined, undefined, undefined], 2: [undefined, undefined] },
  },
]

export interface Size {
  key: 'image' | 'memory' | 'furtherVm'
  title: string
  /** Bytes. */
  budget: number
  /** Bao, Xen 4.17, KVM nVHE. */
  peers: (number | undefined)[]
}

export const SIZE_PEERS = ['Bao', 'Xen 4.17', 'KVM nVHE']

const KiB = 1024
export const SIZES: Size[] = [
  {
    key: 'image',
    title: 'hypervisor image without bundle',
    budget: 96 * KiB,
    peers: [94_208, 983_048, 44_200_000],
  },
  {
    key: 'memory',
    title: 'memory that guests cannot have, one VM',
    budget: 384 * KiB,
    peers: [252 * KiB, 18_600 * KiB, 100_608 * KiB],
  },
  {
    key: 'furtherVm',
    title: 'the same, for each further VM',
    budget: 96 * KiB,
    peers: [undefined, undefined, undefined],
  },
]

/** Instructions per byte at most, for what happens to a VM before it starts. */
export const PER_BYTE = { scrub: 0.05, copy: 0.25, check: 0.5 }
export type PerByte = keyof typeof PER_BYTE

/** Boot loaders of our own for QEMU: a few instructions that jump to the hypervisor, wherever it lies and whatever x0 holds. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GicVersion } from '../../../tool/config/board.ts'
import { ROOT } from '../../../tool/config/project.ts'
import { runTool } from '../../../tool/image/run-tool.ts'
import { QEMU } from '../../../tool/qemu/arguments.ts'
import type { Packed } from './system.ts'

const FOLDER = join(ROOT, 'build/test/boot')

/** Where things go in RAM, which begins at 1 GiB. QEMU itself puts a bundle at half of RAM, 128 MiB at most. */
const DTB_AT = 0x4f00_0000
const BUNDLE_AT = 0x5000_0000
const ENTRY_AT = 0x4700_0000

export interface Machine {
  gic?: GicVersion
  cores?: number
  memory?: string
  /** The CPUs have EL3, and nobody is there: they start in it. */
  secure?: boolean
}

/** Of the tree's source. */
export type Edit = (dts: string) => string
const asItIs: Edit = (dts) => dts

export function machineArguments(
  { gic = 3, cores = 2, memory = '512M', secure = false }: Machine,
  more = '',
): string[] {
  const type = `virt,virtualization=on${secure ? ',secure=on' : ''},gic-version=${gic}${more}`
  const clock = ['-icount', 'shift=0,sleep=off', '-accel', 'tcg,thread=single']
  const devices = ['-nographic', '-nic', 'none', '-no-reboot']
  const cpu = ['-cpu', 'cortex-a72,cntfrq=1000000000', '-smp', String(cores), '-m', memory]
  return ['-M', type, ...cpu, ...clock, ...devices]
}

/** QEMU's own loader, but for the jump: `-kernel` is the trampoline, and the hypervisor lies at `at` already. */
export function loadedAt(
  at: number,
  { image, bundle }: Packed,
  name: string,
  x0?: bigint,
  machine: Machine = {},
): string[] {
  const initrd = ['-initrd', bundle]
  return [...machineArguments(machine), ...place(image, at), '-kernel', trampoline(name, at, x0), ...initrd]
}

/** Nobody but us: the tree is QEMU's after `edit`, and the first core starts in the highest exception level that it has. */
export async function bareLoaded(system: Packed, name: string, machine: Machine = {}, edit: Edit = asItIs) {
  const at = 0x4800_0000
  const dtb = await deviceTree(name, system.bundle, machine, edit)
  const entry = place(trampoline(name, at, BigInt(DTB_AT)), ENTRY_AT)
  const files = [...place(system.image, at), ...place(dtb, DTB_AT), ...place(system.bundle, BUNDLE_AT), ...entry]
  return [...machineArguments(machine), ...files, '-device', `loader,addr=${ENTRY_AT},cpu-num=0`]
}

function place(file: string, at: number): string[] {
  return ['-device', `loader,file=${file},addr=${at},force-raw=on`]
}

/** `movz`/`movk` of x0, if it is not to be kept, and of x9; `br x9`. */
function trampoline(name: string, to: number, x0?: bigint): string {
  const words = [...(x0 === undefined ? [] : move(0, x0)), ...move(9, BigInt(to)), 0xd61f_0120]
  const bytes = Buffer.alloc(words.length * 4)
  for (const [i, word] of words.entries()) bytes.writeUInt32LE(word, i * 4)
  return write(`${name}.entry`, bytes)
}

function move(register: number, value: bigint): number[] {
  return [0, 1, 2, 3].map((half) => {
    const bits = Number((value >> BigInt(16 * half)) & 0xffffn)
    return ((half === 0 ? 0xd280_0000 : 0xf280_0000) | (half << 21) | (bits << 5) | register) >>> 0
  })
}

/** What QEMU would give to a kernel, with the bundle as its initrd. */
async function deviceTree(name: string, bundle: string, machine: Machine, edit: Edit): Promise<string> {
  const dumped = write(`${name}.dtb`, Buffer.alloc(0))
  await runTool(QEMU, machineArguments(machine, `,dumpdtb=${dumped}`))
  const dts = (await runTool('dtc', ['-q', '-I', 'dtb', '-O', 'dts', dumped])).stdout.toString()
  const range = [BUNDLE_AT, BUNDLE_AT + statSync(bundle).size].map((at) => `<0x${at.toString(16)}>`)
  const initrd = `linux,initrd-start = ${range[0]}; linux,initrd-end = ${range[1]};`
  return write(`${name}.dtb`, await compile(edit(dts.replace(/\n\tchosen \{/, (chosen) => `${chosen} ${initrd}`))))
}

/** QEMU's own phandles, as numbers, are worth no warning. */
async function compile(dts: string): Promise<Uint8Array> {
  return (await runTool('dtc', ['-q', '-I', 'dts', '-O', 'dtb', '-'], { input: dts })).stdout
}

function write(name: string, bytes: Uint8Array): string {
  mkdirSync(FOLDER, { recursive: true })
  const file = join(FOLDER, name)
  writeFileSync(file, bytes)
  return file
}

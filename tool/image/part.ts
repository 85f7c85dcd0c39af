/** A VM's files, read or made: kernel, initrd and a DTB of its own. */
import { readFile, stat } from 'node:fs/promises'
import { PAGE_SIZE } from '../../src/abi/layout.ts'
import type { KernelFile } from '../config/define.ts'
import { disksOf } from '../config/device.ts'
import { shown } from '../config/project.ts'
import type { InitrdSource, KernelSource } from '../config/source.ts'
import type { Vm } from '../config/system.ts'
import type { Problem } from '../ui/failure.ts'
import { alignUp } from '../ui/number.ts'
import { checkDtbFile } from './device-tree.ts'
import { inspectKernel, type Kernel } from './kernel.ts'
import { ImageError } from './reader.ts'
import { readSymbols } from './symbol-table.ts'
import { unpackKernel } from './unpack.ts'

export interface Parts {
  /** Where it was found, and where it is to go. */
  kernelFile: KernelFile
  kernel: Kernel
  kernelBytes: Uint8Array
  initrd?: Uint8Array
  dtb?: Uint8Array
  /** The file that names the guest's addresses. */
  symbols?: string
  /** What the VM's disks begin as, in their order, whole pages; undefined: zeroes. */
  disks: (Uint8Array | undefined)[]
}

/** Makes what a config does not name as a file: absolute paths. */
export interface Maker {
  kernel(source: KernelSource): Promise<KernelFile>
  initrd(source: InitrdSource): Promise<string>
  /** The disk's bytes as a file: itself, or what the layers of a virtual machine's disk come to. Throws an ImageError. */
  disk(image: string): Promise<string>
}

/** Undefined where a file is missing or of no use; `problems` then says why. */
export async function readParts(vm: Vm, maker: Maker, problems: Problem[]): Promise<Parts | undefined> {
  const path = `vms[${vm.index}]`
  if ('entry' in vm.kernel && 'source' in vm.kernel && !(await read(`${path}.kernel`, vm.kernel.entry, problems))) {
    return undefined
  }
  const kernelFile = 'file' in vm.kernel ? vm.kernel : await maker.kernel(vm.kernel)
  const { file, load } = kernelFile
  const placed = load !== undefined
  const before = problems.length
  const bytes = await read(`${path}.kernel`, file, problems)
  const unpacked = bytes && (await judge(`${path}.kernel`, file, problems, () => unpackAndInspect(bytes, placed)))
  const parts: Partial<Parts> = { ...unpacked, kernelFile }
  if (vm.initrd) {
    const file = typeof vm.initrd === 'string' ? vm.initrd : await maker.initrd(vm.initrd)
    parts.initrd = await read(`${path}.initrd`, file, problems)
    if (parts.initrd?.length === 0) {
      problems.push({ path: `${path}.initrd`, reason: `${shown(file)} is empty`, remedy: 'build it again' })
    }
  }
  if (vm.dtb.file) {
    const file = vm.dtb.file
    const bytes = await read(`${path}.dtb.file`, file, problems)
    if (bytes) await judge(`${path}.dtb.file`, file, problems, () => checkDtbFile(bytes))
    parts.dtb = bytes
  }
  if (vm.symbols !== undefined) {
    if (await namesSomething(vm, vm.symbols, problems)) parts.symbols = vm.symbols
  } else if (bytes && unpacked?.kernelBytes === bytes && unpacked.kernel.kind === 'elf' && isNaming(bytes)) {
    parts.symbols = file
  }
  parts.disks = await readDisks(vm, maker, problems)
  return problems.length === before ? (parts as Parts) : undefined
}

async function unpackAndInspect(bytes: Uint8Array, placed: boolean) {
  const kernelBytes = await unpackKernel(bytes, placed)
  return { kernelBytes, kernel: inspectKernel(kernelBytes, placed) }
}

/** A kernel may have been stripped of its symbols, or never have had any. */
function isNaming(kernel: Uint8Array): boolean {
  try {
    return readSymbols(kernel) !== undefined
  } catch (error) {
    if (error instanceof ImageError) return false
    throw error
  }
}

/** Whoever says where the names are wants some. */
async function namesSomething({ index }: Vm, file: string, problems: Problem[]): Promise<boolean> {
  const path = `vms[${index}].symbols`
  const bytes = await read(path, file, problems)
  const table = bytes && (await judge(path, file, problems, () => ({ found: readSymbols(bytes) })))
  if (table && !table.found) {
    const reason = `${shown(file)} names no function`
    problems.push({ path, reason, remedy: "use the kernel's System.map, or an ELF file that is not stripped" })
  }
  return table?.found !== undefined
}

async function readDisks(vm: Vm, maker: Maker, problems: Problem[]): Promise<(Uint8Array | undefined)[]> {
  const disks: (Uint8Array | undefined)[] = []
  for (const { image } of disksOf(vm)) {
    const path = `vms[${vm.index}].devices`
    const file = image && (await judge(path, image, problems, () => maker.disk(image)))
    const bytes = file === undefined ? undefined : await read(path, file, problems)
    if (bytes?.length === 0) problems.push({ path, reason: `${shown(image!)} is empty`, remedy: 'build it again' })
    disks.push(bytes && wholePages(bytes))
  }
  return disks
}

function wholePages(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(alignUp(bytes.length, PAGE_SIZE))
  whole.set(bytes)
  return whole
}

async function read(path: string, file: string, problems: Problem[]): Promise<Uint8Array | undefined> {
  try {
    if ((await stat(file)).isDirectory()) {
      problems.push({ path, reason: `${shown(file)} is a folder`, remedy: 'name a file in it' })
      return undefined
    }
    return await readFile(file)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const reason = code === 'ENOENT' ? `there is no file ${shown(file)}` : `${shown(file)} cannot be read (${code})`
    problems.push({ path, reason, remedy: "check the path: it starts from the config's folder" })
    return undefined
  }
}

async function judge<T>(path: string, file: string, problems: Problem[], work: () => T | Promise<T>) {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ImageError)) throw error
    problems.push({ path, reason: `${shown(file)} cannot be used: ${error.reason}`, remedy: error.remedy })
    return undefined
  }
}

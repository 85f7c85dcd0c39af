/** A system ready for QEMU: the hypervisor, built once, and a bundle of the VMs that a test names. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pack, prepare } from '../../../tool/command/prepare.ts'
import { buildHypervisor } from '../../../tool/compile/hypervisor.ts'
import { MODULES } from '../../../tool/compile/model.ts'
import type { GicVersion } from '../../../tool/config/board.ts'
import type { BoardConfig, SystemConfig, VmConfig } from '../../../tool/config/define.ts'
import { ROOT } from '../../../tool/config/project.ts'
import type { Machine } from '../../../tool/config/system.ts'
import { qemuArguments } from '../../../tool/qemu/arguments.ts'
import type { QemuNet } from '../../../tool/qemu/net.ts'
import { debianDeviceTree } from '../../../tool/setup/debian.ts'
import { silence } from '../../../tool/ui/step.ts'

const FOLDER = join(ROOT, 'build/test')

export interface Packed {
  machine: Machine
  vmNames: string[]
  image: string
  elf: string
  bundle: string
  /** The machine's own, where QEMU does not make it. */
  dtb: string | undefined
}

export interface Wish {
  /** Of the test; names the folder in build/. */
  name: string
  vms: VmConfig[]
  board?: Partial<BoardConfig>
  hash?: SystemConfig['hash']
  networks?: SystemConfig['networks']
  sharedMemory?: SystemConfig['sharedMemory']
  control?: SystemConfig['control']
  /** In place of the product the test build, whose modules fail when they are asked to: test/fault. */
  isFaulty?: boolean
}

/** Through the same steps as `bulkhead build`, from a config file on. */
export async function packed({
  name,
  vms,
  board,
  hash = 'crc32',
  networks,
  sharedMemory,
  control,
  isFaulty,
}: Wish): Promise<Packed> {
  silence()
  const config: SystemConfig = {
    name: `test-${name}`,
    // Core 0 boots, then serves the console; the VMs have those behind it, in order.
    board: board?.name
      ? { ...board, name: board.name }
      : { name: 'qemu-virt', cpus: vms.length + 1, memory: '512M', ...board },
    hash,
    ...(networks && { networks }),
    ...(sharedMemory && { sharedMemory }),
    ...(control !== undefined && { control }),
    vms: vms.map((vm, i) => (vm.cpu ? vm : { cores: [i + 1], ...vm })),
  }
  const prepared = await prepare(await configFile(name, config))
  const hypervisor = await build(prepared.outDir, isFaulty)
  const { image, elf } = hypervisor
  const { file } = await pack(prepared, hypervisor)
  const vmNames = vms.map((vm) => vm.name)
  const { machine } = prepared.system
  const dtb = machine.board.dtb && (await debianDeviceTree(machine.board.dtb))
  return { machine, vmNames, image, elf, bundle: file, dtb }
}

/** One test build for all faults: none happens unasked, and each build takes its time. */
const ENTRIES = Object.fromEntries(MODULES.map((name) => [name, `test/fault/${name}.ts`]))

function build(outDir: string, isFaulty = false) {
  return buildHypervisor(isFaulty ? { outDir: join(FOLDER, 'fault'), entries: ENTRIES } : { outDir })
}

/** Writes a config as a user would have it; returns its path. */
export async function configFile(name: string, config: unknown): Promise<string> {
  await mkdir(FOLDER, { recursive: true })
  const file = join(FOLDER, `${name}.config.ts`)
  await writeFile(file, `export default ${JSON.stringify(config)}\n`)
  return file
}

/**
 * QEMU's command line. With `icount` time is counted in instructions: a busy machine makes a test slow, never late, and
 * "no missed period" speaks of the hypervisor alone. `wire`: where QEMU offers the control line's own UART.
 */
export function argumentsFor(
  system: Pick<Packed, 'machine' | 'image' | 'bundle' | 'dtb'>,
  {
    gic = 3,
    icount = true,
    gdb = false,
    disk,
    net,
    wire,
  }: { gic?: GicVersion; icount?: boolean; gdb?: boolean; disk?: string; net?: QemuNet; wire?: string } = {},
): string[] {
  const { machine, image, bundle, dtb } = system
  const [own] = Object.values(machine.board.disks ?? {})
  const options = disk === undefined ? [] : own!.qemu!(disk)
  const [second] = Object.values(machine.board.wires ?? {})
  const line = wire === undefined ? undefined : { serial: second!.serial!, path: wire }
  return qemuArguments({ machine, image, bundle, dtb, gic, icount, gdb, disk: options, net, wire: line })
}

/** Boots one of the bench's systems for several cores, and hears what its VMs say or QEMU traced. */
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { diskOptions } from '../../tool/command/disk.ts'
import { hypervisor } from '../../tool/command/hypervisor.ts'
import { pack, prepare } from '../../tool/command/prepare.ts'
import { netOf } from '../../tool/command/uplink.ts'
import { run } from '../../tool/compile/process.ts'
import { toolchain } from '../../tool/compile/tool-path.ts'
import type { GicVersion } from '../../tool/config/board.ts'
import { ROOT } from '../../tool/config/project.ts'
import { qemuArguments } from '../../tool/qemu/arguments.ts'
import type { ConsoleLine } from '../../tool/qemu/console.ts'
import { runQemu } from '../../tool/qemu/run.ts'
import { UserError } from '../../tool/ui/failure.ts'
import { configOf, type SystemName } from './core-system.ts'
import { symbolTable, Trace, type Visit } from './trace.ts'

/** Seconds; the longest run takes a minute on a quiet machine. */
const TIMEOUT = 180
/** EL2's own code: src/abi/layout.ts, IMAGE_VA up to the last extension's end. */
const TRACED = '0x4000000000..0x40001fffff'

/** What was said until each of `until` was seen, or until the machine went off if there are none. */
export async function listen(name: SystemName, gic: GicVersion, until: RegExp[] = []): Promise<ConsoleLine[]> {
  const { args, vmNames } = await ready(name, gic)
  return hear(name, args, vmNames, until)
}

/** Every visit to the hypervisor, in order. */
export async function trace(name: SystemName, gic: GicVersion, until: RegExp[] = []): Promise<Visit[]> {
  const { args, vmNames, elf } = await ready(name, gic)
  const log = join(ROOT, `build/test/bench-${name}.trace`)
  const single = args.map((arg) => arg.replace(/^tcg,thread=single$/, '$&,one-insn-per-tb=on'))
  await hear(name, [...single, '-d', 'exec,nochain', '-dfilter', TRACED, '-D', log], vmNames, until)
  const found = new Trace(symbolTable(await run(toolchain().readelf, ['--symbols', '--wide', elf], ROOT)))
  for await (const line of createInterface({ input: createReadStream(log) })) found.add(line)
  await rm(log)
  return found.visits
}

async function ready(name: SystemName, gic: GicVersion) {
  const prepared = await prepare(configOf(name), gic)
  const { machine, vms } = prepared.system
  const built = await hypervisor(prepared.outDir)
  const { image, elf } = built
  const bundle = (await pack(prepared, built)).file
  const disk = await diskOptions(prepared.system, undefined, false)
  const net = netOf(prepared.system, undefined, [])
  const args = qemuArguments({ machine, image, bundle, gic, disk, net, icount: true })
  return { args, vmNames: vms.map((vm) => vm.name), elf }
}

async function hear(name: string, args: string[], vmNames: string[], until: RegExp[]): Promise<ConsoleLine[]> {
  const lines: ConsoleLine[] = []
  const over = new AbortController()
  const onLine = (line: ConsoleLine) => {
    lines.push(line)
    if (/^VM '.*' crashed/.test(line.text)) over.abort()
  }
  const { end, complaint } = await runQemu({ args, vmNames, until, timeout: TIMEOUT, signal: over.signal, onLine })
  if (end === (until.length > 0 ? 'matched' : 'off')) return lines
  const said = lines.map(({ whole }) => whole).join('\n')
  throw new UserError(`the bench's system '${name}' did not come to its end (${end}): ${complaint}\n${said}`)
}

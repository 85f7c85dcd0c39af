/** `bulkhead selftest`: guests that test the board which they run on, in QEMU or from an SD card. */
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ArgsDef, defineCommand } from 'citty'
import { boardNames } from '../config/board.ts'
import { ROOT } from '../config/project.ts'
import { qemuArguments } from '../qemu/arguments.ts'
import { debianDeviceTree } from '../setup/debian.ts'
import { UserError } from '../ui/failure.ts'
import { checkOptions } from '../ui/option.ts'
import { printJson, silence } from '../ui/step.ts'
import { suggestion } from '../ui/suggest.ts'
import { boot } from './boot.ts'
import { makeCard } from './card.ts'
import { diskOptions } from './disk.ts'
import { hypervisor } from './hypervisor.ts'
import { pack, prepare } from './prepare.ts'

const FOLDER = join(ROOT, 'example/selftest')
/** The verdict, and a VM that crashed as often as it might. */
const REPORTS = [
  /^selftest +\| verdict +PASS$/,
  /^selftest +\| -----END/,
  /^bulkhead +\| VM 'crash' crashed; its restart limit is reached/,
]
const RESET = /^bulkhead +\| VM 'selftest' is critical: the board resets$/
/** Seconds: a slow machine takes ten of them. */
const PATIENCE = 180

const args = {
  board: { type: 'string', valueHint: 'NAME', default: 'qemu-virt', description: 'The board to test' },
  resets: { type: 'boolean', description: 'Let the board reset once the verdict is out, again and again' },
  out: { type: 'string', valueHint: 'FILE', description: "Write an SD card's image instead of running QEMU" },
  json: { type: 'boolean', description: 'As JSON: console lines and the end, or what was written' },
} satisfies ArgsDef

export default defineCommand({
  meta: { name: 'selftest', description: 'Test a board by guests that run on it: in QEMU, or from an SD card' },
  args,
  async run({ args: { board, resets, out, json }, rawArgs }) {
    checkOptions(rawArgs, args)
    if (json) silence()
    const config = configFor(board, resets === true)
    if (out === undefined) return run(config, resets === true, json)
    const card = await makeCard(config, out)
    if (json) printJson(card)
    return undefined
  },
})

function configFor(board: string, resets: boolean): string {
  const file = (name: string) => join(FOLDER, `${name}${resets ? '-reset' : ''}.config.ts`)
  if (existsSync(file(board))) return file(board)
  const names = boardNames().filter((name) => existsSync(file(name)))
  throw new UserError(`--board ${board}: there is no self-test for it; ${suggestion(board, names)}`)
}

/** Time is counted in instructions: what the guests measure is then the same on every machine. */
async function run(config: string, resets: boolean, json: boolean | undefined): Promise<number> {
  const prepared = await prepare(config)
  const { machine, vms } = prepared.system
  const built = await hypervisor(prepared.outDir)
  const bundle = await pack(prepared, built)
  // Each run begins with a disk that holds nothing of the last one's.
  for (const { file } of prepared.system.disks) if (file !== undefined) await rm(file, { force: true })
  const disk = await diskOptions(prepared.system, undefined, false)
  const dtb = machine.board.dtb && (await debianDeviceTree(machine.board.dtb))
  const args = qemuArguments({
    machine,
    image: built.image,
    bundle: bundle.file,
    dtb,
    disk,
    gic: machine.gic,
    icount: true,
  })
  const until = resets ? [...REPORTS, RESET] : REPORTS
  return boot({ args, vmNames: vms.map(({ name }) => name), elf: built.elf, until, timeout: PATIENCE, json })
}

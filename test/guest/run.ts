/** `tsx test/guest/run.ts [--gic 2|3] [NAME...]`: boots isolation guests under Bulkhead, each beside pulse, and shows the answers. */
import { hypervisor } from '../../tool/command/hypervisor.ts'
import { pack, prepare } from '../../tool/command/prepare.ts'
import type { GicVersion } from '../../tool/config/board.ts'
import { qemuArguments } from '../../tool/qemu/arguments.ts'
import { runQemu } from '../../tool/qemu/run.ts'
import { UserError } from '../../tool/ui/failure.ts'
import { silence } from '../../tool/ui/step.ts'
import { configFor } from './build.ts'
import { GUESTS, type IsolationGuest, isRight } from './catalogue.ts'

/** Seconds for one guest. */
const TIMEOUT = 30

async function main(args: string[]): Promise<void> {
  const gic = args[0] === '--gic' ? (Number(args.splice(0, 2)[1]) as GicVersion) : 3
  const unknown = args.find((name) => !GUESTS.some((guest) => guest.name === name))
  if (unknown !== undefined) throw new UserError(`there is no guest '${unknown}' in test/guest/catalogue.ts`)
  silence()
  for (const guest of GUESTS.filter(({ name }) => args.length === 0 || args.includes(name))) {
    const lines = await boot(guest, gic)
    const right = isRight(guest, lines)
    console.log(`${right ? 'right' : 'WRONG'}  ${guest.name}`)
    if (right && args.length === 0) continue
    for (const line of lines) console.log(`       ${line.slice(0, 160)}`)
    if (!right) process.exitCode = 1
  }
}

async function boot(guest: IsolationGuest, gic: GicVersion): Promise<string[]> {
  const prepared = await prepare(await configFor(guest), gic)
  const { machine, vms } = prepared.system
  const built = await hypervisor(prepared.outDir)
  const { image } = built
  const bundle = (await pack(prepared, built)).file
  const lines: string[] = []
  const over = new AbortController()
  // The guest's answer, then one of pulse's: nothing has happened to the neighbour.
  const until = [guest.times ? /its restart limit is reached/ : guest.expect, /^pulse *\| pulse: \d+ periods/]
  await runQemu({
    args: qemuArguments({ machine, image, bundle, gic }),
    vmNames: vms.map((vm) => vm.name),
    until,
    timeout: TIMEOUT,
    signal: over.signal,
    onLine: ({ whole }) => {
      lines.push(whole)
      if (whole.includes(`VM '${guest.name}' `) && whole.endsWith('it stays off') && !isRight(guest, lines))
        over.abort()
    },
  })
  return lines
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof UserError ? error.message : error)
  process.exitCode = error instanceof UserError ? 1 : 2
})

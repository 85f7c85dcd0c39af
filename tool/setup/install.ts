/** Installs missing programs through the machine's own apt, with lists of our own so that its sources stay as they are. */
import { which } from '../config/program.ts'
import { UserError } from '../ui/failure.ts'
import { say, step } from '../ui/step.ts'
import { Apt } from './apt.ts'
import { type AptSource, type Release, readRelease, readSources, releaseSources } from './apt-source.ts'
import { command, complaint } from './command.ts'
import { NEEDS, type Need, QEMU_WANTED } from './need.ts'

export async function install(missing: readonly Need[]): Promise<void> {
  const release = readRelease()
  const names = missing.map((need) => need.name).join(', ')
  if (!which('apt-get')) {
    throw new UserError(`missing: ${names}; this machine has no apt: ${await byHand(missing)}`)
  }
  const sources = releaseSources(readSources(), release)
  if (sources.length === 0) {
    throw new UserError(`missing: ${names}; apt's sources name no archive of this release: ${await byHand(missing)}`)
  }
  const sudo = await privilege(missing)
  const apt = await Apt.open('tools', sources)
  await step("Fetching apt's lists", () => apt.update())
  const qemu = missing.find((need) => need.name === 'qemu-system-aarch64')
  const rest = missing.filter((need) => need !== qemu)
  const available = (name: string) => apt.candidate(name)
  const packages = (await Promise.all(rest.map((need) => need.packages(available)))).flat()
  if (packages.length) await installPackages(apt, packages, sudo)
  if (!qemu) return

  if (majorOf(await available('qemu-system-arm')) < QEMU_WANTED && release.id === 'debian') {
    const suite = `${release.codename}-backports`
    const backports = await withSuite(sources, release, suite)
    return installPackages(backports, await qemu.packages(available), sudo, suite)
  }
  await installPackages(apt, await qemu.packages(available), sudo)
}

async function withSuite(sources: AptSource[], { codename }: Release, suite: string): Promise<Apt> {
  const main = sources.find(({ suites }) => suites.includes(codename))!
  const apt = await Apt.open('backports', [...sources, { ...main, suites: [suite], components: ['main'] }])
  await step(`Fetching apt's lists of ${suite}`, () => apt.update())
  return apt
}

async function installPackages(apt: Apt, packages: readonly string[], sudo: string[], suite?: string): Promise<void> {
  const [program = 'apt-get', ...before] = [...sudo, 'apt-get']
  await step(`Installing ${packages.join(' ')}`, async (note) => {
    const env = { DEBIAN_FRONTEND: 'noninteractive' }
    const args = [...before, ...apt.installArguments(packages, suite)]
    const outcome = await command(program, args, { note, env, interactive: sudo.length > 0 })
    if (!outcome.ok) throw new UserError(`apt could not install ${packages.join(' ')}\n${complaint(outcome.said)}`)
    note('')
  })
}

/** What to put before apt-get. */
async function privilege(missing: readonly Need[]): Promise<string[]> {
  if (process.getuid?.() === 0) return []
  const canAsk = process.stdin.isTTY === true
  if (which('sudo') && (canAsk || (await command('sudo', ['-n', 'true'])).ok)) return ['sudo']
  const names = missing.map((need) => need.name).join(', ')
  throw new UserError(`missing: ${names}; installing them takes root: ${await byHand(missing)}`)
}

async function byHand(missing: readonly Need[]): Promise<string> {
  const packages = await Promise.all(missing.map((need) => need.packages(async (name) => name)))
  return `install ${packages.flat().join(' ')} (Debian's names) and run this again`
}

function majorOf(version: string | undefined): number {
  return Number(/^(?:\d+:)?(\d+)/.exec(version ?? '')?.[1] ?? 0)
}

/** Prints what is there, installs what is not, and checks again. */
export async function setUp(needs: readonly Need[] = NEEDS): Promise<void> {
  const missing = needs.filter((need) => !need.found())
  if (missing.length > 0) {
    for (const need of missing) {
      const old = need.lacking?.()
      say(`${old ? 'Too old' : 'Missing'}: ${need.name}${old ? ` (${old})` : ''}: ${need.why}`)
    }
    await install(missing)
  }
  const still = missing.filter((need) => !need.found())
  if (still.length === 0) return
  throw new UserError(`still missing after the install: ${still.map((need) => need.name).join(', ')}; see above`)
}

/** apt with sources and lists of its own, so that the machine's stay as they are; signatures are checked as always. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CACHE } from '../config/project.ts'
import { UserError } from '../ui/failure.ts'
import { type AptSource, stanza } from './apt-source.ts'
import { type CommandOptions, command, complaint } from './command.ts'

export class Apt {
  readonly folder: string
  readonly #options: string[]

  private constructor(folder: string, options: string[]) {
    this.folder = folder
    this.#options = options
  }

  /** `name` keeps the lists of different purposes apart; without `architecture` it is the machine's own. */
  static async open(name: string, sources: readonly AptSource[], architecture?: string): Promise<Apt> {
    const folder = join(CACHE, 'apt', name)
    for (const part of ['lists/partial', 'lists/auxfiles', 'cache/archives/partial'])
      await mkdir(join(folder, part), { recursive: true })
    const list = join(folder, 'private.sources')
    await writeFile(list, sources.map(stanza).join('\n'))
    await writeFile(join(folder, 'status'), '')
    const settings = [
      `Dir::Etc::SourceList=${list}`,
      'Dir::Etc::SourceParts=/dev/null',
      `Dir::State::Lists=${join(folder, 'lists')}`,
      `Dir::Cache=${join(folder, 'cache')}`,
      'Acquire::Languages=none',
      'Acquire::Retries=3',
      // Our folders may lie where the user _apt cannot go.
      ...(process.getuid?.() === 0 ? ['APT::Sandbox::User=root'] : ['Debug::NoLocking=1']),
      ...(architecture
        ? [
            `APT::Architecture=${architecture}`,
            `APT::Architectures=${architecture}`,
            `Dir::State::status=${join(folder, 'status')}`,
          ]
        : []),
    ]
    return new Apt(
      folder,
      settings.map((setting) => `-o${setting}`),
    )
  }

  /** Fetches the lists. */
  async update(note?: CommandOptions['note']): Promise<void> {
    const outcome = await command('apt-get', [...this.#options, '-q', 'update'], note && { note })
    // A list that could not be fetched is only a warning to apt when an old one is there.
    if (outcome.ok && !/^(Err|E):/m.test(outcome.said)) return
    throw new UserError(`apt could not fetch its lists; is the network there?\n${complaint(outcome.said)}`)
  }

  /** The version that an install would choose; undefined if the archive has none. */
  async candidate(name: string): Promise<string | undefined> {
    const { stdout } = await command('apt-cache', [...this.#options, 'policy', name])
    const version = /Candidate: (\S+)/.exec(stdout)?.[1]
    return version === '(none)' ? undefined : version
  }

  async depends(name: string): Promise<string[]> {
    const { stdout } = await command('apt-cache', [...this.#options, 'depends', '--important', name])
    return [...stdout.matchAll(/^\s*\|?Depends: ([^\s<]+)$/gm)].map((match) => match[1]!)
  }

  /** The package's file; apt checks its hash against the signed list. */
  async download(name: string, into: string, note?: CommandOptions['note']): Promise<void> {
    await mkdir(into, { recursive: true })
    const options = { cwd: into, ...(note && { note }) }
    const outcome = await command('apt-get', [...this.#options, '-q', 'download', name], options)
    if (!outcome.ok)
      throw new UserError(`apt could not fetch ${name}; is the network there?\n${complaint(outcome.said)}`)
  }

  /** Arguments of `apt-get` for an install on this machine; the archives folder stays the machine's. */
  installArguments(packages: readonly string[], suite?: string): string[] {
    const options = this.#options.filter((option) => !/^-o(Dir::Cache|Debug::NoLocking)/.test(option))
    const cache = ['-oDir::Cache::pkgcache=', '-oDir::Cache::srcpkgcache=', '-oAPT::Keep-Downloaded-Packages=false']
    const target = suite ? ['-t', suite] : []
    return [...options, ...cache, '-q', '-y', '--no-install-recommends', ...target, 'install', ...packages]
  }
}

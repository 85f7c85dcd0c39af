/** Which Debian archive guests come from: the machine's own on Debian; elsewhere the one that the distribution's apt tools know. */
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CACHE } from '../config/project.ts'
import { UserError } from '../ui/failure.ts'
import { Apt } from './apt.ts'
import { type AptSource, type Release, readRelease, readSources, releaseSources } from './apt-source.ts'
import { command } from './command.ts'

/** The release whose packages guests use on machines that do not run Debian. */
const GUEST_SUITE = 'bookworm'
const ADVICE = 'name a kernel and an initrd of your own in the config'

export async function guestArchive(release: Release = readRelease(), sources = readSources()): Promise<AptSource[]> {
  const own = releaseSources(sources, release)
  if (own.length === 0) {
    throw new UserError(`apt's sources name no archive of ${release.codename || 'this release'}; ${ADVICE}`)
  }
  return release.id === 'debian' ? own : foreignArchive(own)
}

/**
 * Ubuntu carries Debian's archive keyring, and python-apt's templates with the archive's address: both come from the
 * machine's own, signed archive, so that Debian's signatures are checked by keys that the machine has reason to trust.
 */
async function foreignArchive(own: AptSource[]): Promise<AptSource[]> {
  const folder = join(CACHE, 'apt', 'debian-keys')
  const keyring = join(folder, 'usr/share/keyrings/debian-archive-keyring.gpg')
  const template = join(folder, 'usr/share/python-apt/templates/Debian.info')
  if (!existsSync(keyring) || !existsSync(template)) {
    const withUniverse = own.map((source) => ({
      ...source,
      components: [...new Set([...source.components, 'universe'])],
    }))
    const apt = await Apt.open('keys', withUniverse)
    await apt.update()
    for (const name of ['debian-archive-keyring', 'python-apt-common']) await apt.download(name, join(folder, 'deb'))
    await mkdir(folder, { recursive: true })
    for (const file of await readdir(join(folder, 'deb'))) {
      await command('dpkg-deb', ['-x', join(folder, 'deb', file), folder])
    }
  }
  const uri = existsSync(template) && /^BaseURI: *(\S+)/m.exec(await readFile(template, 'utf8'))?.[1]
  if (!uri || !existsSync(keyring)) throw new UserError(`this machine's archive does not know Debian's; ${ADVICE}`)
  return [{ uris: [uri], suites: [GUEST_SUITE, `${GUEST_SUITE}-updates`], components: ['main'], signedBy: keyring }]
}

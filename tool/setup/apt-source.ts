/** The machine's own apt sources, read so that a private list can name other suites and architectures of the same archive. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One archive, as both of apt's formats describe it: sources.list(5). */
export interface AptSource {
  uris: string[]
  suites: string[]
  components: string[]
  /** A keyring's path, or a key in full (lines below the first start with a space, as in the file). */
  signedBy?: string
  trusted?: boolean
}

export interface Release {
  /** `debian`, `ubuntu`, … */
  id: string
  /** `bookworm`, … */
  codename: string
  like: string[]
}

export function readRelease(text = readIfThere('/etc/os-release')): Release {
  const value = (key: string) => new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(text)?.[1] ?? ''
  return { id: value('ID'), codename: value('VERSION_CODENAME'), like: value('ID_LIKE').split(' ').filter(Boolean) }
}

export function readSources(folder = '/etc/apt'): AptSource[] {
  const parts = join(folder, 'sources.list.d')
  const files = existsSync(parts) ? readdirSync(parts).sort() : []
  return [
    ...parseOneLine(readIfThere(join(folder, 'sources.list'))),
    ...files.filter((file) => file.endsWith('.list')).flatMap((file) => parseOneLine(readIfThere(join(parts, file)))),
    ...files
      .filter((file) => file.endsWith('.sources'))
      .flatMap((file) => parseStanzas(readIfThere(join(parts, file)))),
  ]
}

/** Those of the release itself, its updates and its security fixes; other vendors' archives stay out. */
export function releaseSources(sources: readonly AptSource[], { codename }: Release): AptSource[] {
  return sources
    .map((source) => ({
      ...source,
      suites: source.suites.filter((suite) => new RegExp(`^${codename}(-updates|-security|/updates)?$`).test(suite)),
    }))
    .filter(({ suites, components }) => suites.length > 0 && components.includes('main'))
}

/** deb [option=value …] uri suite component… */
export function parseOneLine(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line)
    if (!match) return []
    const options = new Map((match[1] ?? '').split(/\s+/).map((option) => option.split('=') as [string, string]))
    return [source([match[2]!], [match[3]!], match[4]!.split(/\s+/), options.get('signed-by'), options.get('trusted'))]
  })
}

/** The deb822 format: stanzas of `Key: value`, with continuation lines. */
export function parseStanzas(text: string): AptSource[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map<string, string>()
    let key = ''
    for (const line of stanza.split('\n')) {
      if (line.startsWith('#')) continue
      const field = /^([\w-]+):\s*(.*)$/.exec(line)
      if (field) key = field[1]!.toLowerCase()
      if (field) fields.set(key, field[2]!)
      else if (/^\s/.test(line) && key) fields.set(key, `${fields.get(key)}\n${line}`)
    }
    const list = (name: string) => (fields.get(name) ?? '').split(/\s+/).filter(Boolean)
    const isOff = /^(no|false|0)$/i.test(fields.get('enabled') ?? '')
    if (isOff || !list('types').includes('deb') || list('uris').length === 0) return []
    return [source(list('uris'), list('suites'), list('components'), fields.get('signed-by'), fields.get('trusted'))]
  })
}

/** One stanza of a private sources file. */
export function stanza({ uris, suites, components, signedBy, trusted }: AptSource): string {
  const lines = [`Types: deb`, `URIs: ${uris.join(' ')}`, `Suites: ${suites.join(' ')}`]
  lines.push(`Components: ${components.join(' ')}`)
  if (signedBy) lines.push(`Signed-By: ${signedBy}`)
  if (trusted) lines.push('Trusted: yes')
  return `${lines.join('\n')}\n`
}

function source(uris: string[], suites: string[], components: string[], signedBy?: string, trusted?: string) {
  const found: AptSource = { uris, suites, components: components.filter(Boolean) }
  if (signedBy) found.signedBy = signedBy
  if (/^yes$/i.test(trusted ?? '')) found.trusted = true
  return found
}

function readIfThere(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

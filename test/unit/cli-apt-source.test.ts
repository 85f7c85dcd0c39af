/** apt's sources in both formats, as machines have them. */
import { describe, expect, it } from 'vitest'
import { parseOneLine, parseStanzas, readRelease, releaseSources, stanza } from '../../tool/setup/apt-source.ts'

const bookworm = { id: 'debian', codename: 'bookworm', like: [] }

describe('sources.list', () => {
  const text = `
# deb http://archive.example/debian old main
deb http://archive.example/debian bookworm main contrib # comment
deb-src http://archive.example/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/a.gpg] http://security.example/debian-security bookworm-security main
deb [trusted=yes] file:/srv/packages ./
deb http://vendor.example/apt stable main`

  it('gives binary archives with their keys', () => {
    expect(parseOneLine(text)).toEqual([
      { uris: ['http://archive.example/debian'], suites: ['bookworm'], components: ['main', 'contrib'] },
      {
        uris: ['http://security.example/debian-security'],
        suites: ['bookworm-security'],
        components: ['main'],
        signedBy: '/usr/share/keyrings/a.gpg',
      },
      { uris: ['file:/srv/packages'], suites: ['./'], components: [], trusted: true },
      { uris: ['http://vendor.example/apt'], suites: ['stable'], components: ['main'] },
    ])
  })

  it("leaves other vendors' archives out", () => {
    const suites = releaseSources(parseOneLine(text), bookworm).map((source) => source.suites)
    expect(suites).toEqual([['bookworm'], ['bookworm-security']])
  })
})

describe('*.sources', () => {
  const text = `Types: deb deb-src
URIs: http://archive.example/debian
# a comment in between
Suites: bookworm bookworm-updates bookworm-backports
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc
 -----END PGP PUBLIC KEY BLOCK-----

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
`

  it('keeps what is enabled, keys in full', () => {
    const [source, ...others] = parseStanzas(text)
    expect(others).toEqual([])
    expect(source).toMatchObject({ suites: ['bookworm', 'bookworm-updates', 'bookworm-backports'] })
    expect(source!.signedBy).toContain('\n abc\n')
  })

  it('can be written again', () => {
    const own = releaseSources(parseStanzas(text), bookworm)
    expect(own[0]!.suites).toEqual(['bookworm', 'bookworm-updates'])
    expect(parseStanzas(stanza(own[0]!))).toEqual(own)
  })
})

describe('os-release', () => {
  it('names the release', () => {
    const text = 'PRETTY_NAME="Ubuntu 24.04"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\n'
    expect(readRelease(text)).toEqual({ id: 'ubuntu', codename: 'noble', like: ['debian'] })
  })
})

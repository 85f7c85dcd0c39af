/** The initramfs archive. */
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { characterDevice, cpio, folder, program, symlink } from '../../tool/image/cpio.ts'
import { initScript } from '../../tool/setup/initramfs.ts'

/** Reads an archive as the kernel does: headers of thirteen 8-digit numbers, names and data padded to 4 bytes. */
function entries(archive: Buffer) {
  const found: { name: string; mode: number; data: string; device: number[] }[] = []
  for (let at = 0; at < archive.length; ) {
    expect(archive.toString('latin1', at, at + 6)).toBe('070701')
    const field = (i: number) => Number.parseInt(archive.toString('latin1', at + 6 + i * 8, at + 14 + i * 8), 16)
    const nameAt = at + 110
    const dataAt = (nameAt + field(11) + 3) & ~3
    const name = archive.toString('latin1', nameAt, nameAt + field(11) - 1)
    const data = archive.toString('latin1', dataAt, dataAt + field(6))
    found.push({ name, mode: field(1), data, device: [field(9), field(10)] })
    at = (dataAt + field(6) + 3) & ~3
  }
  return found
}

describe('cpio', () => {
  it('holds what was put in, and ends', () => {
    const archive = cpio([
      folder('dev'),
      characterDevice('dev/console', 5, 1),
      program('init', 'odd'),
      symlink('sh', 'busybox'),
    ])
    expect(entries(archive)).toEqual([
      { name: 'dev', mode: 0o040755, data: '', device: [0, 0] },
      { name: 'dev/console', mode: 0o020600, data: '', device: [5, 1] },
      { name: 'init', mode: 0o100755, data: 'odd', device: [0, 0] },
      { name: 'sh', mode: 0o120777, data: 'busybox', device: [0, 0] },
      { name: 'TRAILER!!!', mode: 0, data: '', device: [0, 0] },
    ])
    expect(archive.length % 4).toBe(0)
  })
})

describe('/init', () => {
  it('is a script that a shell can read', () => {
    execFileSync('sh', ['-n'], { input: initScript(['uname -a', "echo 'a b'"]) })
    expect(initScript(['uname -a'])).toMatch(/^uname -a$/m)
  })
})

/** `bulkhead flash` over files that a stand-in for lsblk calls cards: what is refused, what is written, what stays after a fault. */
import { spawn } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Copy, writeCard, writeRefusal } from '../../tool/card/write.ts'
import { bulkhead } from '../fake/command-line.ts'

const MiB = 2 ** 20
const folder = mkdtempSync(join(tmpdir(), 'bulkhead-flash-'))
const [image, card, system] = ['sd.img', 'card', 'system'].map((name) => join(folder, name)) as [string, string, string]
const path = process.env.PATH
/** Of no whole number of the writer's pieces, every sector another one. */
const SIZE = 9 * MiB + 512
const content = Buffer.alloc(SIZE)
for (let at = 0; at < SIZE; at += 512) content.writeUInt32LE(at / 512 + 1, at)

beforeAll(() => {
  copyFileSync('test/fake/lsblk.sh', join(folder, 'lsblk'))
  process.env.PATH = `${folder}${delimiter}${path}`
  writeFileSync(image, content)
})
afterAll(() => {
  process.env.PATH = path
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  writeFileSync(card, Buffer.alloc(16 * MiB, 0xff))
  writeFileSync(system, 'precious')
  lsblk(CARD, SYSTEM)
})

/** As lsblk prints a reader with a card, and the disk that the machine runs from. */
const CARD = {
  name: 'sdb',
  path: card,
  type: 'disk',
  size: 16 * MiB,
  rm: true,
  hotplug: true,
  ro: false,
  tran: 'usb',
  vendor: 'Generic ',
  model: 'STORAGE DEVICE',
  mountpoints: [null] as (string | null)[],
}
const SYSTEM = {
  ...CARD,
  name: 'nvme0n1',
  path: system,
  rm: false,
  hotplug: false,
  tran: 'nvme',
  vendor: null,
  model: 'Disk',
  children: [
    { ...CARD, name: 'luks', path: '/dev/mapper/luks', type: 'crypt', children: [{ ...CARD, mountpoints: ['/'] }] },
  ],
}

function lsblk(...blockdevices: object[]): void {
  writeFileSync(join(folder, 'lsblk.json'), JSON.stringify({ blockdevices }))
}

const flash = (...words: string[]) => bulkhead('flash', '--image', image, '--yes', ...words)

it('lists what may be written, and nothing that the machine runs from', async () => {
  const { status, stdout, stderr } = await bulkhead('flash')
  expect({ status, stdout }).toEqual({ status: 0, stdout: `${card}: Generic STORAGE DEVICE, 16 MiB\n` })
  expect(stderr).toBe('Name one of them: --device PATH\n')
})

it('writes the image, all of it and no byte more, and reads it back', async () => {
  const { status, stderr } = await flash('--device', card)
  expect(status, stderr).toBe(0)
  expect(stderr).toMatch(/: 9\.0 MiB, read back \(.* s\)\n.*card can be taken out\n$/)
  const written = readFileSync(card)
  expect(written.subarray(0, SIZE).equals(content)).toBe(true)
  expect(written.subarray(SIZE).every((byte) => byte === 0xff)).toBe(true)
})

it('writes a file where there is no reader', async () => {
  const out = join(folder, 'out.img')
  expect(await flash('--out', out)).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('9.0 MiB, read back'),
  })
  expect(readFileSync(out).equals(content)).toBe(true)
})

describe('refuses', () => {
  const partition = { ...CARD, name: 'sdb1', path: '/dev/sdb1', type: 'part' }

  it.each<[string, object, RegExp]>([
    [
      'a mounted partition',
      { children: [{ ...partition, mountpoints: ['/media/card'] }] },
      /sdb1 is mounted at \/media\/card; unmount it first: umount \/dev\/sdb1/,
    ],
    [
      'the disk below /',
      { children: [{ ...partition, mountpoints: ['/boot/efi', '/'] }] },
      /this machine runs from it; no removable disk/,
    ],
    ['swap', { mountpoints: ['[SWAP]'] }, /this machine runs from it/],
    ['a disk that is fitted', { rm: false, hotplug: false, tran: 'sata', name: 'sda' }, /is not removable/],
    ['an empty reader', { size: 0 }, /there is no card in it/],
    ['a locked card', { ro: true }, /write-protected; move the card's lock/],
    ['a card that is too small', { size: 8 * MiB }, /it has 8 MiB, and the image 9\.0 MiB; take a larger card/],
    ['a partition', { type: 'part' }, /is no disk/],
  ])('%s', async (_, change, message) => {
    lsblk({ ...CARD, ...change }, SYSTEM)
    const { status, stderr } = await flash('--device', card)
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(message) })
    expect(readFileSync(card).every((byte) => byte === 0xff)).toBe(true)
  })

  it('the disk that the machine runs from, however it is built', async () => {
    const { status, stderr } = await flash('--device', system)
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringContaining('this machine runs from it; what can be written:'),
    })
    expect(readFileSync(system, 'utf8')).toBe('precious')
  })

  it.each([
    [['--device', card], /nobody is there to ask; add --yes/],
    [['--device', card, '--out', 'x', '--yes'], /--device and --out: a card or a file, not both/],
    [['--out', folder], /is a folder; name a file in it/],
    [['--out', '/dev/null'], /is no file; a card is written with --device/],
    [['--out', join(folder, 'no/x')], /there is no such folder; make it first/],
    [['example', '--out', 'x'], /example and --image: one of them/],
  ])('%j', async (words, message) => {
    const { status, stderr } = await bulkhead('flash', '--image', image, ...words)
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(message) })
  })

  it('an image that is none', async () => {
    const odd = join(folder, 'odd.img')
    writeFileSync(odd, 'text')
    expect((await bulkhead('flash', '--image', odd, '--out', 'x')).stderr).toMatch(/4 bytes are not whole sectors/)
    expect((await bulkhead('flash', '--image', 'none', '--out', 'x')).stderr).toMatch(/there is no file none/)
  })
})

describe('a card that fails', () => {
  const note = () => {}
  const copy = (target: string, signal = new AbortController().signal): Copy => {
    return { image, size: SIZE, target, isDevice: true, signal, note }
  }

  it('is full too early', async () => {
    lsblk({ ...CARD, path: '/dev/full' })
    const { status, stderr } = await flash('--device', '/dev/full')
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^bulkhead: \/dev\/full: it is full before 9\.0 MiB are written/),
    })
  })

  it('keeps something else', async () => {
    await expect(writeCard({ ...copy(card), note: spoil() })).rejects.toThrow(/byte 5000000 differs; take another card/)
  })

  it('gives back less', async () => {
    const cut = (text: string) => text.startsWith('100 % written') && truncateSync(card, MiB)
    await expect(writeCard({ ...copy(card), note: cut })).rejects.toThrow(/gives back 1 MiB of 9\.0 MiB/)
  })

  it('is left without a partition table when it is interrupted', async () => {
    const stop = new AbortController()
    const note = (text: string) => /^\d\d % written/.test(text) && stop.abort()
    const end = writeCard({ ...copy(card, stop.signal), note })
    await expect(end).rejects.toMatchObject({
      message: expect.stringMatching(/does not boot.*run this again/),
      exitCode: 130,
    })
    expect(
      readFileSync(card)
        .subarray(0, 4 * MiB)
        .every((byte) => byte === 0),
    ).toBe(true)
  })

  it.each([
    ['EACCES', `sudo env "PATH=$PATH" npx bulkhead flash --image ${image} --device ${card}`],
    ['EBUSY', 'somebody uses it'],
    ['EIO', 'it fails; take another card'],
    ['ENOMEDIUM', 'there is no card in it'],
  ])('%s has a remedy', (code, remedy) => {
    const error = Object.assign(new Error(code), { code, syscall: 'open' })
    expect(writeRefusal(error, copy(card))?.message).toContain(remedy)
  })

  it('is told from a bug of ours', () => expect(writeRefusal(new TypeError('no'), copy(card))).toBeUndefined())

  /** Another byte, once all of them are written. */
  function spoil() {
    return (text: string) => {
      if (!text.startsWith('100 % written')) return
      const bytes = readFileSync(card)
      bytes[5_000_000]! ^= 1
      writeFileSync(card, bytes)
    }
  }
})

it('leaves no half of a file behind when it is interrupted', async () => {
  const [long, out] = [join(folder, 'long.img'), join(folder, 'half.img')]
  writeFileSync(long, '')
  truncateSync(long, 4 * 2 ** 30)
  const child = spawn(process.execPath, ['tool/bulkhead.mjs', 'flash', '--image', long, '--out', out])
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  await vi.waitFor(() => expect(statSync(out).size).toBeGreaterThan(0), { timeout: 30_000, interval: 20 })
  child.kill('SIGINT')
  expect(await ended, said).toBe(130)
  expect(said).toContain(`interrupted: ${out} is not complete`)
  expect(existsSync(out)).toBe(false)
})

it('answers programs', async () => {
  expect(JSON.parse((await bulkhead('flash', '--json')).stdout)).toMatchObject([{ path: card, size: 16 * MiB }])
  const { status, stdout } = await flash('--device', card, '--json')
  expect({ status, ...JSON.parse(stdout) }).toEqual({ status: 0, target: card, size: SIZE, image })
})

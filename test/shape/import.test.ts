/** Imports run one way: hw <- lib <- arch <- core | vmm | host, and ui <- config <- image, compile, qemu <- card, page <- setup <- command <- cli. */
import { expect, test } from 'vitest'
import { importsOf, type Source, sources } from './tree.ts'

/** Of src: what each folder may import besides itself. */
const SRC: Record<string, string[]> = {
  'src/abi': [],
  'src/hw.ts': [],
  'src/lib': ['src/hw', 'src/abi'],
  'src/arch': ['src/lib', 'src/hw', 'src/abi'],
  'src/core': ['src/arch', 'src/lib', 'src/hw', 'src/abi'],
  'src/net': ['src/lib', 'src/abi'],
  'src/drive': ['src/arch', 'src/lib', 'src/abi'],
  'src/uplink': ['src/drive', 'src/arch', 'src/lib', 'src/abi'],
  'src/storage': ['src/drive', 'src/arch', 'src/lib', 'src/abi'],
  'src/vmm': ['src/arch', 'src/lib', 'src/abi'],
  'src/host': ['src/arch', 'src/lib', 'src/abi'],
  'src/guest': ['src/arch', 'src/lib', 'src/abi'],
}

/** Of the host tool: lower layers first; a folder may import itself and what stands in a row above it. */
const TOOL = [
  ['ui'],
  ['config'],
  ['control'],
  ['image', 'compile', 'qemu', 'debug'],
  ['page', 'card'],
  ['setup'],
  ['command'],
  ['cli.ts'],
]

test.each(Object.keys(SRC))('%s imports only what lies below it', (folder) => {
  const allowed = [folder.replace(/\.ts$/, ''), ...SRC[folder]!]
  expect(foreign(sources(/^src\/.*\.ts$/).filter(within(folder)), allowed)).toEqual([])
})

test('every folder of src has its place in the order', () => {
  const folders = new Set(sources(/^src\/.*\.ts$/).map(({ path }) => path.split('/').slice(0, 2).join('/')))
  expect([...folders].filter((folder) => !(folder in SRC))).toEqual([])
})

test.each(TOOL.flat())('tool/%s imports only what lies below it', (folder) => {
  const rank = TOOL.findIndex((row) => row.includes(folder))
  const below = TOOL.slice(0, rank).flat()
  const allowed = [`tool/${folder}`, ...below.map((name) => `tool/${name}`), 'src/abi', 'board']
  expect(foreign(sources(/^tool\/.*\.ts$/).filter(within(`tool/${folder}`)), allowed)).toEqual([])
})

test('every folder of tool has its place in the order', () => {
  const folders = new Set(sources(/^tool\/.*\.ts$/).map(({ path }) => path.split('/')[1]!))
  expect([...folders].filter((folder) => !TOOL.flat().includes(folder))).toEqual([])
})

test('the toolchain stands alone: of tool it needs only ui', () => {
  const allowed = ['tool/compile', 'tool/ui']
  expect(foreign(sources(/^tool\/compile\/.*\.ts$/), allowed)).toEqual([])
})

test('exit handlers never import each other', () => {
  const handlers = sources(/^src\/core\/exit-.*\.ts$/)
  const found = handlers.flatMap((handler) =>
    importsOf(handler)
      .filter((path) => /^src\/core\/exit-/.test(path))
      .map((path) => `${handler.path} imports ${path}`),
  )
  expect(found).toEqual([])
})

test('virtio devices never import each other, only parts of their own', () => {
  const isDevice = /^src\/vmm\/virtio\/(console|block|net|rng|balloon|socket)\b/
  const found = sources(isDevice).flatMap((device) =>
    importsOf(device)
      .filter((path) => isDevice.test(path) && isDevice.exec(path)![1] !== isDevice.exec(device.path)![1])
      .map((path) => `${device.path} imports ${path}`),
  )
  expect(found).toEqual([])
})

test('no file needs itself, by whatever way round', () => {
  const files = sources(/^(src|tool|board)\/.*\.ts$/)
  const paths = new Set(files.map(({ path }) => path))
  const needs = new Map(
    files.map((file) => [
      file.path,
      neededBy(file)
        .map((path) => (paths.has(path) ? path : `${path}.ts`))
        .filter((path) => paths.has(path)),
    ]),
  )
  expect([...paths].map((path) => wayRound(path, needs)).filter((way) => way !== undefined)).toEqual([])
})

/** What a file imports when it is loaded: neither types nor what it loads later. */
function neededBy(file: Source): string[] {
  const text = file.text.replace(/^(import|export) type [^;]*? from '[^']*'/gm, '').replace(/\bimport\('[^']*'\)/g, '')
  return importsOf({ ...file, text })
}

/** The shortest way from a file to itself. */
function wayRound(from: string, needs: Map<string, string[]>): string | undefined {
  const before = new Map<string, string>()
  for (const queue = [from]; queue.length > 0; ) {
    const at = queue.shift()!
    for (const next of needs.get(at) ?? []) {
      if (before.has(next)) continue
      before.set(next, at)
      if (next !== from) queue.push(next)
      else {
        const way = [from]
        for (let back = at; back !== from; back = before.get(back)!) way.unshift(back)
        return [from, ...way].join(' > ')
      }
    }
  }
  return undefined
}

function within(folder: string): (source: Source) => boolean {
  return ({ path }) => path === folder || path.startsWith(`${folder}/`)
}

function foreign(files: Source[], allowed: string[]): string[] {
  const isAllowed = (path: string) => allowed.some((name) => path === name || path.startsWith(`${name}/`))
  return files.flatMap((file) =>
    importsOf(file)
      .filter((path) => !isAllowed(path.replace(/\.ts$/, '')) && !isAllowed(path))
      .map((path) => `${file.path} imports ${path}`),
  )
}

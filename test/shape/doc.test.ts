/** The documents name what is there: links, files and folders, scripts; and nothing of one person's machine. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT, type Source, sources } from './tree.ts'

const DOCUMENTS = sources(/\.md$/)
/** First parts of a path that make a name in backticks one of the repository's files. */
const FOLDERS = /^(src|boot|linker|board|tool|test|example|doc|\.ci)\//
/** Written by a build. */
const MADE = /^(build|\.cache|node_modules)\//
/** Absolute paths, but those of every Linux and those of a device tree. */
const ABSOLUTE = /(?<![\w.:/>}-])\/(?!(dev|etc|proc|sys|usr|chosen|bulkhead|images)\/)[\w.-]+\/[\w.-]+/

const WIDTH = 120

/** Text without fenced blocks, which show output and code. */
const prose = ({ text }: Source) => text.replace(/^( *)```[\s\S]*?^\1```$/gm, '')

function linksOf(document: Source): string[] {
  const targets = [...prose(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!)
  return targets.filter((target) => !/^[a-z]+:/.test(target))
}

/** `path/file`, perhaps with a pattern or a placeholder, which is then left out. */
function namesOf(document: Source): string[] {
  const quoted = [...prose(document).matchAll(/`([^`\n]+)`/g)].map(([, name]) => name!)
  return quoted.filter((name) => FOLDERS.test(name) && !MADE.test(name) && !/[\s<>*{}$]/.test(name))
}

/** As GitHub makes anchors of headings. */
function anchorsOf(path: string): string[] {
  const headings = readFileSync(join(ROOT, path), 'utf8').matchAll(/^#+ (.+)$/gm)
  return [...headings].map(([, text]) =>
    text!
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}

/** Rows that are no table, for want of a head, or because the text above runs into it. */
function loneRows(document: Source): string[] {
  const lines = prose(document).split('\n')
  const isRow = (line = '') => line.startsWith('|')
  return lines.filter((line, i) => {
    if (!isRow(line) || isRow(lines[i - 1])) return false
    return lines[i - 1] !== '' || !/^\|[ :|-]+\|$/.test(lines[i + 1] ?? '')
  })
}

/** Lines of text that an editor beside the code would fold. */
function wideLines(document: Source): string[] {
  return prose(document)
    .split('\n')
    .filter((line) => line.length > WIDTH && !line.startsWith('|'))
}

function isBroken(document: Source, link: string): boolean {
  const [target = '', anchor] = link.split('#')
  const path = target ? normalize(join(dirname(document.path), target)) : document.path
  if (!existsSync(join(ROOT, path))) return true
  return anchor !== undefined && !anchorsOf(path).includes(anchor)
}

test('there are documents', () => expect(DOCUMENTS.map(({ path }) => path)).toContain('README.md'))

test.each(DOCUMENTS.map((document) => [document.path, document] as const))('%s', (_, document) => {
  expect(
    linksOf(document).filter((link) => isBroken(document, link)),
    'broken links',
  ).toEqual([])
  expect(
    namesOf(document).filter((name) => !existsSync(join(ROOT, name))),
    'files that are not there',
  ).toEqual([])
  expect(
    document.text.split('\n').filter((line) => ABSOLUTE.test(line)),
    "paths of somebody's machine",
  ).toEqual([])
  expect(loneRows(document), 'rows without a table').toEqual([])
  expect(wideLines(document), `lines over ${WIDTH} columns`).toEqual([])
})

test('every npm script that the documents name exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const named = DOCUMENTS.flatMap(({ path, text }) =>
    [...text.matchAll(/\bnpm (?:run (\w[\w:-]*)|(test)\b)/g)].map(([, run, own]) => ({ path, script: run ?? own! })),
  )
  expect(named.length).toBeGreaterThan(0)
  expect(named.filter(({ script }) => !(script in scripts))).toEqual([])
})

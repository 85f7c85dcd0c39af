/** Files: short, opened by a sentence on what they own, named for one thing. */
import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { sources } from './tree.ts'

/** Configs that are data for a test say in the test what they are. */
const CODE = /^(?!test\/config\/)(src|tool|board|boot|linker|test|example)\/.*\.(ts|mjs|[chS]|ld)$/
const LIMIT = 250
const VAGUE = /^(util|utils|common|misc|helper|helpers|types?)\./

test(`no file is longer than ${LIMIT} lines`, () => {
  const long = sources(CODE).map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
  expect(long.filter(({ lines }) => lines > LIMIT)).toEqual([])
})

test('every file opens with a comment that says what it owns', () => {
  const found = sources(CODE).filter(({ path, text }) => {
    const opening = text.replace(/^#!.*\n/, '')
    return path.endsWith('.ts') || path.endsWith('.mjs') ? !opening.startsWith('/**') : !/^\/[/*]/.test(opening)
  })
  expect(found.map(({ path }) => path)).toEqual([])
})

test('names are kebab-case and say one thing', () => {
  const names = sources(/^(src|tool|board|test)\/.*\.ts$/).map(({ path }) => basename(path))
  expect(names.filter((name) => VAGUE.test(name) || !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.ts$/.test(name))).toEqual([])
})

/** The isolation guests' catalogue: complete, and of one mind with the guests. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { GUESTS, isRight, MEMORY } from '../guest/catalogue.ts'

const FOLDER = new URL('../guest/', import.meta.url)

test('every guest in the folder is in the catalogue', () => {
  const assembly = readdirSync(FOLDER).filter((file) => file.endsWith('.S'))
  const programs = readdirSync(new URL('program/', FOLDER)).filter((file) => file !== 'verdict.ts')
  const files = [...assembly, ...programs.map((file) => `program/${file}`)]
  expect(GUESTS.map(({ source }) => source).sort()).toEqual(files.sort())
})

test('a guest calls itself as the catalogue does', () => {
  for (const { name, source } of GUESTS) {
    expect(readFileSync(new URL(source, FOLDER), 'utf8'), source).toMatch(
      source.endsWith('.S') ? `#define NAME "${name}"` : `const NAME = '${name}'`,
    )
  }
})

test('the guests in assembly know how much RAM their VM has', () => {
  const size = /#define RAM_SIZE (0x[0-9a-f]+)/.exec(readFileSync(new URL('kit.h', FOLDER), 'utf8'))?.[1]
  expect(Number(size)).toBe(MEMORY)
})

test('PASS of another guest is no answer', () => {
  const guest = GUESTS[0]!
  expect(isRight(guest, [`${guest.name} | PASS ${guest.name}`])).toBe(true)
  expect(isRight(guest, [`pulse | PASS ${guest.name}`, `${guest.name} | FAIL ${guest.name} why`])).toBe(false)
})

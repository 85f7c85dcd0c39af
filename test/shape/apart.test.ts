/** The list of functions that stay out of line names functions that are there. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { APART, RARE, TOGETHER } from '../../tool/compile/apart-list.ts'

const names = [APART, RARE, TOGETHER].flatMap((list) => Object.values(list).flat())

test('there are some', () => expect(names.length).toBeGreaterThan(0))

test.each(names)('%s exists', (name) => {
  const [, file, own] = /^(.*)\/(\w+|\*)$/.exec(name) ?? []
  if (own === '*') return expect(existsSync(`${file}.ts`)).toBe(true)
  expect(readFileSync(`${file}.ts`, 'utf8')).toMatch(new RegExp(`^(export )?function ${own}\\(`, 'm'))
})

/** Every file in test/config is a mistake that somebody will make: each must be refused with the line that its head expects. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { prepare } from '../../tool/command/prepare.ts'
import { UserError } from '../../tool/ui/failure.ts'

const FOLDER = 'test/config'

describe('a wrong config', () => {
  for (const name of readdirSync(FOLDER).filter((each) => each.endsWith('.config.ts'))) {
    const file = join(FOLDER, name)
    const expected = [...readFileSync(file, 'utf8').matchAll(/^\/\/ expect: (.*)$/gm)].map((match) => match[1]!)
    it(`${name.replace('.config.ts', '')}: ${expected[0]}`, async () => {
      expect(expected.length).toBeGreaterThan(0)
      const error = await prepare(file).then(
        () => undefined,
        (reason: unknown) => reason,
      )
      expect(error).toBeInstanceOf(UserError)
      const lines = (error as UserError).message.split('\n')
      for (const text of expected) {
        expect(lines.filter((line) => line.startsWith(file) && line.includes(text))).toHaveLength(1)
      }
      expect(lines).toHaveLength(expected.length)
    })
  }
})

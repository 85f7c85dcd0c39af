/** Refuses command-line words that citty would pass over in silence, and reads numbers and patterns. */
import type { ArgsDef } from 'citty'
import { UserError } from './failure.ts'
import { suggestion } from './suggest.ts'

/** `raw`: the words behind the command. */
export function checkOptions(raw: readonly string[], options: ArgsDef): void {
  const names = Object.keys(options).filter((name) => options[name]!.type !== 'positional')
  const places = Object.keys(options).length - names.length
  const words: string[] = []
  for (let i = 0; i < raw.length; i++) {
    const word = raw[i]!
    if (!word.startsWith('-') || word === '-') {
      words.push(word)
      continue
    }
    const [flag = '', value] = word.split(/=(.*)/s)
    const letter = /^-(\w)$/.exec(flag)?.[1]
    const long = letter && names.find((name) => (options[name] as { alias?: string }).alias === letter)
    const name = long ?? flag.replace(/^--?(no-)?/, '')
    const option = options[name]
    if ((!flag.startsWith('--') && !long) || !option || option.type === 'positional') {
      throw new UserError(`there is no option ${flag}: ${suggestion(name, names)}`)
    }
    if (option.type === 'boolean') {
      if (value !== undefined) throw new UserError(`${flag} takes no value`)
    } else if (value === undefined && (raw[++i] === undefined || raw[i]!.startsWith('--'))) {
      throw new UserError(`${flag} needs a value: ${option.description ?? ''}`)
    }
  }
  if (words.length > places) throw new UserError(`'${words[places]}' is one word too many`)
}

/** Every value of an option that may stand several times; citty keeps the last one only. */
export function every(raw: readonly string[], name: string): string[] {
  const flag = `--${name}`
  return raw.flatMap((word, i) => {
    if (word === flag && raw[i + 1] !== undefined) return [raw[i + 1]!]
    return word.startsWith(`${flag}=`) ? [word.slice(flag.length + 1)] : []
  })
}

export function pattern(text: string, flag: string): RegExp {
  try {
    return new RegExp(text)
  } catch (error) {
    throw new UserError(`${flag}: ${(error as Error).message}; write a JavaScript regular expression`)
  }
}

export function seconds(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  // Timers hold 31 bits of milliseconds.
  if (text.trim() !== '' && value > 0 && value <= 2_000_000) return value
  throw new UserError(`${flag} ${text}: write a number of seconds, such as ${flag} 60`)
}

/** A whole number from 1 on. */
export function count(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value > 0) return value
  throw new UserError(`${flag} ${text}: write a whole number, such as ${flag} 10`)
}

/** `--port`; 0, which is any that is free, without it. */
export function portOf(text: string | undefined): number {
  if (text === undefined) return 0
  const value = Number(text)
  if (/^\d+$/.test(text) && value > 0 && value < 0x1_0000) return value
  throw new UserError(`--port ${text}: write a port from 1 to 65535`)
}

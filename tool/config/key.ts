/** The file of the key that a board's serial line wants: 64 hexadecimal digits, or 32 bytes. It is never shown. */
import { readFileSync, statSync } from 'node:fs'
import { KEY_SIZE } from '../../src/abi/control.ts'
import { type Problem, UserError } from '../ui/failure.ts'
import { shown } from './project.ts'

export interface Key {
  bytes: Buffer
  /** Others than its owner may read it. */
  isOpen: boolean
}

export function readKey(file: string): Key {
  const key = look(file)
  if ('bytes' in key) return key
  throw new UserError(`${shown(file)}: ${key.reason}; ${key.remedy}`)
}

/** Of a config, before anything is built. */
export function checkKey(file: string | undefined): Problem[] {
  const key = file === undefined ? undefined : look(file)
  return key && 'reason' in key ? [{ path: 'control.key', ...key }] : []
}

function look(file: string): Key | Omit<Problem, 'path'> {
  const remedy = `make one: (umask 077; openssl rand -hex ${KEY_SIZE} > ${shown(file)})`
  try {
    const bytes = decoded(readFileSync(file))
    if (!bytes) {
      const forms = `${2 * KEY_SIZE} hexadecimal digits nor ${KEY_SIZE} bytes`
      return { reason: `${shown(file)} is no key: neither ${forms}`, remedy }
    }
    if (bytes.every((byte) => byte === bytes[0])) return { reason: 'everybody guesses that key', remedy }
    return { bytes, isOpen: (statSync(file).mode & 0o077) !== 0 }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return { reason: `there is no file ${shown(file)}`, remedy }
    return { reason: `${shown(file)} cannot be read: ${code}`, remedy: `have a file that you may read` }
  }
}

function decoded(bytes: Buffer): Buffer | undefined {
  if (bytes.length === KEY_SIZE) return bytes
  const text = bytes.toString('latin1').trim()
  return new RegExp(`^[0-9a-fA-F]{${2 * KEY_SIZE}}$`).test(text) ? Buffer.from(text, 'hex') : undefined
}

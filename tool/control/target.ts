/** Where a board's console is: `unix:/path`, `tcp:host:port`, or a serial device. Whatever it is, it becomes a stream of its bytes. */
import { spawnSync } from 'node:child_process'
import { constants, openSync } from 'node:fs'
import { connect as connectSocket } from 'node:net'
import { Duplex } from 'node:stream'
import { ReadStream, WriteStream } from 'node:tty'
import { refusalText, UserError } from '../ui/failure.ts'

export type Target =
  | { kind: 'unix'; path: string }
  | { kind: 'tcp'; host: string; port: number }
  | { kind: 'serial'; path: string; baud: number }

export const TARGET_FORMS = 'unix:/path, tcp:host:port, /dev/ttyUSB0 or /dev/ttyUSB0:115200'
const BAUD = 115_200
/** How long a connection may take, ms. */
const PATIENCE = 5000

/** Undefined: none of these forms, and so perhaps a config or its folder. */
export function parseTarget(text: string): Target | undefined {
  if (text.startsWith('unix:') && text.length > 5) return { kind: 'unix', path: text.slice(5) }
  const tcp = /^tcp:(.+):(\d+)$/.exec(text)
  if (tcp && Number(tcp[2]) > 0 && Number(tcp[2]) < 0x1_0000) {
    return { kind: 'tcp', host: tcp[1]!.replace(/^\[(.*)\]$/, '$1'), port: Number(tcp[2]) }
  }
  const serial = /^(?:serial:)?(\/dev\/[^:]+)(?::(\d+))?$/.exec(text)
  if (serial) return { kind: 'serial', path: serial[1]!, baud: Number(serial[2] ?? BAUD) }
  if (/^(unix|tcp|serial):/.test(text)) throw new UserError(`--target ${text}: write one of ${TARGET_FORMS}`)
  return undefined
}

export function targetText(target: Target): string {
  if (target.kind === 'unix') return `unix:${target.path}`
  return target.kind === 'tcp' ? `tcp:${target.host}:${target.port}` : `${target.path}:${target.baud}`
}

export async function connect(target: Target): Promise<Duplex> {
  return target.kind === 'serial' ? openSerial(target.path, target.baud) : openSocket(target)
}

async function openSocket(target: Exclude<Target, { kind: 'serial' }>): Promise<Duplex> {
  const socket = target.kind === 'unix' ? connectSocket(target.path) : connectSocket(target.port, target.host)
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      socket.destroy()
      reject(new UserError(`${targetText(target)}: ${why}; start the board, as with: npx bulkhead run`))
    }
    const timer = setTimeout(() => fail('nobody answers'), PATIENCE)
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      resolve(socket)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      fail(error.code === 'ENOENT' || error.code === 'ECONNREFUSED' ? 'no board is there' : error.message)
    })
  })
}

/** Raw, at the line's speed; the device stays as we leave it. */
function openSerial(path: string, baud: number): Duplex {
  let fd: number
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such device; is the cable plugged in?' : refusalText(error, '')
    throw new UserError(`${path}: ${why?.replace(/^: /, '') ?? message}`)
  }
  const { status, stderr } = spawnSync('stty', ['-F', path, String(baud), 'raw', '-echo', '-hupcl'], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new UserError(`${path}: is no serial line at ${baud} baud: ${(stderr ?? '').trim()}`)
  return Duplex.from({ readable: new ReadStream(fd), writable: new WriteStream(fd) })
}

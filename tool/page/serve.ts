/** The page's server: loopback only, for this machine's own browsers, and nothing can be asked of it but to look. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { UserError } from '../ui/failure.ts'
import type { Page } from './document.ts'
import type { Message } from './feed.ts'

const LOOPBACK = '127.0.0.1'
/** Who look at once, and bytes that wait for one who does not read; then it is let go. */
const WATCHERS_MOST = 32
const BEHIND_MOST = 4 * 2 ** 20

export interface Served {
  url: string
  /** To everyone who looks. */
  tell: (message: Message) => void
  close: () => Promise<void>
}

/** `port` 0: any that is free. `all`: what somebody who comes is told first; undefined for a page that does not live. */
export async function serve(page: Page, port: number, all?: () => Message[]): Promise<Served> {
  const watchers = new Set<ServerResponse>()
  const server = createServer((request, response) => answer(request, response, page, all && { watchers, all }))
  server.headersTimeout = 10_000
  await listen(server, port)
  const { port: chosen } = server.address() as AddressInfo
  return {
    url: `http://${LOOPBACK}:${chosen}/`,
    tell: (message) => {
      for (const watcher of watchers) send(watcher, message)
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'another program has it' : error.message
      reject(new UserError(`--port ${port}: ${why}; leave --port out for one that is free`))
    })
    server.listen(port, LOOPBACK, resolve)
  })
}

interface Live {
  watchers: Set<ServerResponse>
  all: () => Message[]
}

function answer(request: IncomingMessage, response: ServerResponse, page: Page, live: Live | undefined): void {
  const refusal = refused(request, live !== undefined)
  if (refusal) {
    const [code, words] = refusal
    response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8', ...SAFE }).end(`${words}\n`)
  } else if (request.url === '/live') watch(response, live!)
  else {
    const policy = `${page.policy}; frame-ancestors 'none'`
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy, ...SAFE })
    response.end(request.method === 'HEAD' ? undefined : page.html)
  }
}

function refused(
  { headers, method, url }: IncomingMessage,
  isLive: boolean,
): [code: number, words: string] | undefined {
  // A page from elsewhere may have its own name lead to this machine: RFC 9110, "Host and :authority".
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '')) return [403, 'not your page']
  if (method !== 'GET' && method !== 'HEAD') return [405, 'this page is only to look at']
  return url === '/' || (url === '/live' && isLive) ? undefined : [404, 'there is nothing here']
}

const SAFE = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** HTML Living Standard, "Server-sent events". */
function watch(response: ServerResponse, { watchers, all }: Live): void {
  if (watchers.size >= WATCHERS_MOST) {
    response.writeHead(503, SAFE).end('too many look already\n')
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', ...SAFE })
  watchers.add(response)
  response.on('close', () => watchers.delete(response))
  for (const message of all()) send(response, message)
}

function send(watcher: ServerResponse, [name, value]: Message): void {
  // JSON has no line ends of its own: one line of data.
  if (watcher.writableLength > BEHIND_MOST) watcher.destroy()
  else watcher.write(`event: ${name}\ndata: ${JSON.stringify(value)}\n\n`)
}

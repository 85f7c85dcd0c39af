/** What stands outside of a board in QEMU's user network: servers on this machine's loopback, which VMs reach at 10.0.2.2. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export const HOST = '10.0.2.2'

/** Sends back what comes, by TCP and UDP at the port that it names. */
export async function echoServer(): Promise<{ port: number; close: () => void }> {
  const tcp = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  tcp.listen(0, '127.0.0.1')
  await once(tcp, 'listening')
  const { port } = tcp.address() as AddressInfo
  const udp = createSocket('udp4', (bytes, { port, address }) => udp.send(bytes, port, address))
  udp.bind(port, '127.0.0.1')
  await once(udp, 'listening')
  const close = () => {
    tcp.close()
    udp.close()
  }
  return { port, close }
}

/** One that nobody uses at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** All that the other end sends to who says `text` at a port of this machine's loopback. */
export async function say(port: number, text: string): Promise<string> {
  const socket: Socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.end(text)
  let answer = ''
  for await (const chunk of socket) answer += chunk
  return answer
}

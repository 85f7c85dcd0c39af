/** Sockets between two Linux VMs, with Debian's kernel, its own driver and socat; and what a peer's end does to them. */
import { describe, expect, test } from 'vitest'
import type { VmConfig } from '../../tool/config/define.ts'
import { virtio } from '../../tool/config/device.ts'
import { debian } from '../../tool/config/source.ts'
import { type Board, withBoard } from './harness/board.ts'
import { debianInitrd } from './harness/debian-initrd.ts'
import { some } from './harness/some.ts'
import { argumentsFor, packed } from './harness/system.ts'

const PROMPT = /^\/root # $/
const CTRL_BRACKET = '\x1d'
const NAMES = ['one', 'two']
/** What socat is linked with. */
const LIBRARIES = [
  'libssl3',
  'libwrap0',
  'libnsl2',
  'libtirpc3',
  'libgssapi-krb5-2',
  'libkrb5-3',
  'libk5crypto3',
  'libkrb5support0',
  'libcom-err2',
  'libkeyutils1',
]
/** The first VM of a config. */
const ONE = 3

async function linux(name: string, peers: string[], lines: string[] = []): Promise<VmConfig> {
  return {
    name,
    memory: '192M',
    kernel: debian.kernel(),
    initrd: await debianInitrd({
      programs: { socat: 'usr/bin/socat' },
      libraries: LIBRARIES,
      modules: ['virtio_mmio', 'vmw_vsock_virtio_transport'],
      lines: [...lines, 'cd /root'],
    }),
    bootargs: 'console=ttyAMA0 quiet panic=-1',
    devices: ['uart', virtio.socket({ peers })],
  }
}

/** One answers with what it got, at port 7, or keeps it, at 8, and gives it back, at 9; two asks. */
const SERVER = [
  'socat VSOCK-LISTEN:7,fork PIPE &',
  'socat -u VSOCK-LISTEN:8,fork CREATE:/tmp/kept &',
  'socat -U VSOCK-LISTEN:9,fork OPEN:/tmp/kept &',
]

async function pair(name: string) {
  const vms = [await linux('one', ['two'], SERVER), await linux('two', ['one'])]
  return packed({ name, vms, board: { memory: '768M' } })
}

/** The keyboard at a VM's shell, and its answers. */
async function shell(board: Board, name: string) {
  board.type(`${CTRL_BRACKET}${NAMES.indexOf(name) + 1}`)
  await board.report(new RegExp(`^screen and keyboard: ${name}`))
  return async (command: string, answer: RegExp, seconds?: number) => {
    board.type(`${command}\n`)
    return board.line(name, answer, seconds)
  }
}

const ECHO = `socat -t 60 - VSOCK-CONNECT:${ONE}:7`

describe.each(some([2, 3] as const, [3] as const))('two Linux VMs, GICv%d', (gic) => {
  test('echo, megabytes both ways, many connections at once, refusals, a peer that crashes', async () => {
    const system = await pair(`socket-${gic}`)
    await withBoard({ args: argumentsFor(system, { gic, icount: false }), vmNames: system.vmNames }, async (board) => {
      await Promise.all(NAMES.map((name) => board.line(name, PROMPT)))
      const two = await shell(board, 'two')
      await two(`echo hello over there | ${ECHO}`, /^hello over there$/)
      await two('dd if=/dev/urandom of=/tmp/sent bs=64k count=64 2>/dev/null; echo made', /^made$/)
      await two(`socat -u OPEN:/tmp/sent VSOCK-CONNECT:${ONE}:8; echo went`, /^went$/, 120)
      const back = `socat -u VSOCK-CONNECT:${ONE}:9 CREATE:/tmp/back; cmp -s /tmp/sent /tmp/back`
      await two(`until ${back}; do usleep 100000; done; echo the same`, /^the same$/, 120)
      // No more than two sockets and a pipe hold: who echoes more may wait for room with a peer that waits for room itself.
      const many = `for i in $(seq 8); do (dd if=/tmp/sent bs=37037 count=12 2>/dev/null | ${ECHO} | wc -c) & done; wait; echo all`
      await two(many, /^all$/, 120)
      expect(board.linesOf('two').filter((line) => line === '444444')).toHaveLength(8)
      await two(`socat - VSOCK-CONNECT:${ONE}:10 < /dev/null; echo said $?`, /^said 1$/)
      await two('socat - VSOCK-CONNECT:9:7 < /dev/null; echo again $?', /^again 1$/)
      expect(board.linesOf('two').filter((line) => /Connection reset by peer/.test(line))).toHaveLength(2)

      // A peer that crashes in the middle of a stream ends that stream, and is there again for the next.
      await two(`(yes | ${ECHO} > /dev/null; echo stream ended) & echo streams`, /^streams$/)
      const one = await shell(board, 'one')
      await one('echo going; echo c > /proc/sysrq-trigger', /^going$/)
      await board.report(/^VM 'one' reset itself; it starts again/)
      await board.line('one', PROMPT)
      await shell(board, 'two')
      await board.line('two', /^stream ended$/)
      await two(`until echo hello again | ${ECHO}; do usleep 100000; done`, /^hello again$/)
      expect(board.hypervisorLines.filter((line) => /panic|fault|failed/.test(line))).toEqual([])
    })
  })
})

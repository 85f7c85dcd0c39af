/** Networks of VMs that are bridged to the board's network card: Debian's kernel, and QEMU's user network behind the card. */
import { describe, expect, test } from 'vitest'
import { withBoard } from './harness/board.ts'
import { expectNoComplaint, linux, prompts, shell } from './harness/linux-network.ts'
import { echoServer, freePort, HOST, say } from './harness/outside.ts'
import { some } from './harness/some.ts'
import { argumentsFor, packed } from './harness/system.ts'

const networks = { lan: { uplink: 'nic0' } }
/** Takes what a DHCP server offers. */
const DHCP = [
  `printf '#!/bin/sh\\n[ "$1" = bound ] && ip address add $ip/24 dev $interface && echo lease $ip of $serverid\\nexit 0\\n' > /tmp/bound`,
  'chmod +x /tmp/bound',
  'ip address flush dev eth0',
]
/** busybox's speaks no UDP. */
const NETCAT = { programs: { 'netcat-openbsd': 'bin/nc.openbsd' }, libraries: ['libbsd0', 'libmd0'] }
const LEASE = 'udhcpc -i eth0 -s /tmp/bound -n -q -t 10 2>/dev/null'

describe.each(some([2, 3] as const, [2] as const))('GICv%d', (gic) => {
  test('a lease by DHCP, TCP and UDP out and in, and a neighbour in the same network', async () => {
    const server = await echoServer()
    const forward = { protocol: 'tcp' as const, port: await freePort(), address: '10.0.2.15', to: 7000 }
    const vms = [
      await linux('one', 1, { lines: DHCP, ...NETCAT }),
      await linux('two', 2, { lines: ['ip address add 10.0.2.77/24 dev eth0'] }),
    ]
    const system = await packed({ name: `uplink-${gic}`, vms, networks, board: { memory: '640M' } })
    const args = argumentsFor(system, { gic, icount: false, net: { forwards: [forward] } })
    await withBoard({ args, vmNames: system.vmNames }, async (board) => {
      await board.report(/^the board's network card is up$/)
      await prompts(board, system.vmNames)
      const one = await shell(board, system.vmNames, 'one')
      await one(LEASE, /^lease 10\.0\.2\.15 of 10\.0\.2\.2$/)
      await one(`/bin/ping -c 3 ${HOST}`, /^3 packets transmitted, 3 received, 0% packet loss/)
      await one('dd if=/dev/urandom of=data bs=50k count=20 2>/dev/null; md5sum < data > sum; echo made', /^made$/)
      await one(`nc ${HOST} ${server.port} < data | md5sum | cmp - sum && echo same`, /^same$/)
      await one(`echo by udp | nc.openbsd -u -w 2 ${HOST} ${server.port}`, /^by udp$/)
      await one(
        'nc -l -p 7000 -e /bin/cat & until netstat -ltn | grep -q :7000; do usleep 10000; done; echo listens',
        /^listens$/,
      )
      expect(await say(forward.port, 'from outside\n')).toBe('from outside\n')
      await one('/bin/ping -f -q -c 500 10.0.2.77', /^500 packets transmitted, 500 received, 0% packet loss/)
      const two = await shell(board, system.vmNames, 'two')
      await two(`echo of two | nc ${HOST} ${server.port}`, /^of two$/)
      expectNoComplaint(board)
    })
    server.close()
  })
})

/** An uplink whose driver fails: neither its VMs nor what they had open outside are lost with it. */
import { expect, test } from 'vitest'
import { withBoard } from './harness/board.ts'
import { placeOf } from './harness/broken.ts'
import { linux, prompts, shell } from './harness/linux-network.ts'
import { echoServer, HOST } from './harness/outside.ts'
import { argumentsFor, packed } from './harness/system.ts'

const networks = { lan: { uplink: 'nic0' } }

test('the card’s driver fails under traffic: it begins anew, the card works again, and VMs never lost each other', async () => {
  const server = await echoServer()
  const groups = 'ip route add 239.0.0.0/8 dev eth0'
  const outside = (number: number) => `ip address add 10.0.2.${number}/24 dev eth0`
  const vms = [await linux('one', 1, { lines: [outside(15), groups] }), await linux('two', 2, { lines: [outside(16)] })]
  const system = await packed({ name: 'uplink-fault', vms, networks, isFaulty: true, board: { memory: '640M' } })
  const args = argumentsFor(system, { icount: false, net: { forwards: [] } })
  await withBoard({ args, vmNames: system.vmNames }, async (board) => {
    await prompts(board, system.vmNames)
    const two = await shell(board, system.vmNames, 'two')
    await two('/bin/ping -f -q 10.0.0.1 > /tmp/flood & echo floods', /^floods$/)
    const one = await shell(board, system.vmNames, 'one')
    await one('dd if=/dev/urandom of=data bs=50k count=80 2>/dev/null; md5sum < data > sum; echo made', /^made$/)
    await one(
      `(nc ${HOST} ${server.port} < data | md5sum | cmp - sum && echo same) > stream & echo streams`,
      /^streams$/,
    )
    const faults: [string, string][] = [
      ['239.127.191.1', `unreachable code at .*${placeOf('uplink', 'NetFault.Trap')}`],
      ['239.127.191.2', 'memory fault at address 0x2a80000000'],
      ['239.127.191.3', `it took too long at .*${placeOf('uplink', 'NetFault.Loop')}`],
    ]
    for (const [i, [group, what]] of faults.entries()) {
      await one(`ping -c 1 -w 1 ${group} > /dev/null; echo asked ${i}`, new RegExp(`^asked ${i}$`))
      await board.report(
        new RegExp(`^the uplink failed \\(fault ${i + 1}\\): ${what}, pc 0x40[0-9a-f]{8}; it began anew$`),
      )
    }
    await one('wait; cat stream', /^same$/)
    await shell(board, system.vmNames, 'two')
    const flood = /^(\d+) packets transmitted, (\d+) received/
    const [, sent, received] = await two('killall -INT ping; wait; cat /tmp/flood', flood)
    expect(Number(received)).toBeGreaterThan(100)
    expect(Number(sent) - Number(received)).toBeLessThanOrEqual(1) // the one on its way when ping ended
    await two(`echo of two | nc ${HOST} ${server.port}`, /^of two$/)
  })
  server.close()
})

/** A network of two Linux VMs, with Debian's kernel, its own drivers and the usual tools; and what a neighbour's end does to it. */
import { describe, expect, test } from 'vitest'
import { virtio } from '../../tool/config/device.ts'
import { type Board, withBoard } from './harness/board.ts'
import { expectNoComplaint, iperf, linux, prompts, RECEIVED, shell } from './harness/linux-network.ts'
import { some } from './harness/some.ts'
import { argumentsFor, packed } from './harness/system.ts'

const KINDS = [
  [2, false],
  [3, true],
  [2, true],
  [3, false],
] as const

/** A network outlives its VMs: one crashes while it is flooded, and comes back. The keyboard is at the other's shell. */
async function crashWhileFlooded(board: Board, names: readonly string[]): Promise<void> {
  const packets = '$(cat /sys/class/net/eth0/statistics/rx_packets)'
  const isFlooded = `from=${packets}; until [ ${packets} -gt $((from + 300)) ]; do usleep 10000; done`
  board.type('/bin/ping -f -q 10.0.0.1 > /dev/null & echo floods\n')
  await board.line('two', /^floods$/)
  const one = await shell(board, names, 'one')
  await one(`${isFlooded}; echo flood; echo c > /proc/sysrq-trigger`, /^flood$/)
  await board.report(/^VM 'one' reset itself; it starts again/)
  await prompts(board, ['one'])
  await one(`${isFlooded}; echo again`, /^again$/)
  const two = await shell(board, names, 'two')
  await two('killall ping; /bin/ping -c 3 10.0.0.1', /^3 packets transmitted, 3 received, 0% packet loss/)
  expectNoComplaint(board)
}

describe.each(some(KINDS, KINDS.slice(0, 2)))('two Linux VMs, GICv%d, offload %s', (gic, offload) => {
  test('ping, ping -f and iperf3', async () => {
    const one = await linux('one', 1, { lines: ['iperf3 -s -D'] })
    const vms = [{ ...one, bootargs: `${one.bootargs} panic=-1` }, await linux('two', 2)]
    const board = { memory: '640M' }
    const system = await packed({ name: `network-${gic}-${offload}`, vms, networks: { lan: { offload } }, board })
    await withBoard({ args: argumentsFor(system, { gic, icount: false }), vmNames: system.vmNames }, async (board) => {
      await prompts(board, ['one', 'two'])
      const two = await shell(board, system.vmNames, 'two')
      await two('/bin/ping -c 3 10.0.0.1', /^3 packets transmitted, 3 received, 0% packet loss/)
      await two('/bin/ping -f -q -c 1000 10.0.0.1', /^1000 packets transmitted, 1000 received, 0% packet loss/)
      // 14 frames each: the next one when the answer has come, since who is flooded may lose some.
      await two('/bin/ping -A -q -c 500 -s 20000 10.0.0.1', /^500 packets transmitted, 500 received, 0% packet loss/)
      // ping looks at what comes back, byte by byte: copies of every length modulo the widths in which they are done.
      const sizes = 'for size in $(seq 17 29 800); do /bin/ping -c 1 -W 5 -s $size 10.0.0.1; done'
      await two(`(${sizes}) | grep -E "wrong|100%"; echo every size`, /^every size$/)
      expect(board.linesOf('two').filter((line) => /wrong data|100% packet loss/.test(line))).toEqual([])
      await two(iperf(), RECEIVED)
      await two(iperf('-R'), RECEIVED)
      const errors = await two(
        'echo errors $(cat /sys/class/net/eth0/statistics/*errors | sort -u)',
        /^errors (\d[\d ]*)$/,
      )
      expect(errors[1]).toBe('0')

      if (!offload) await crashWhileFlooded(board, system.vmNames)
      for (const name of ['two', 'one']) {
        await shell(board, system.vmNames, name)
        board.type('poweroff\n')
        await board.report(new RegExp(`^VM '${name}' powered itself off`))
      }
    })
  })
})

test('VLANs: a port of one keeps to it and takes no tags; elsewhere tags are the guests’ own affair', async () => {
  const devices = [virtio.net({ network: 'lan' }), virtio.net({ network: 'lan', vlan: 5 })]
  // Each answers for an address only where it has it.
  const lines = (number: number) => [
    'echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore',
    `ip address add 10.0.5.${number}/24 dev eth1; ip link set eth1 up`,
    `for i in 0 1; do vconfig add eth$i 7; ip address add 10.$i.7.${number}/24 dev eth$i.7; ip link set eth$i.7 up; done`,
  ]
  const vm = (name: string, number: number) =>
    linux(name, number, { devices, modules: ['8021q'], lines: lines(number) })
  const vms = [await vm('one', 1), await vm('two', 2)]
  const system = await packed({ name: 'network-vlan', vms, networks: { lan: {} }, board: { memory: '640M' } })
  await withBoard({ args: argumentsFor(system, { icount: false }), vmNames: system.vmNames }, async (board) => {
    await prompts(board, system.vmNames)
    const two = await shell(board, system.vmNames, 'two')
    const reaches = (address: string) =>
      two(`/bin/ping -c 2 -W 5 ${address}`, /^2 packets transmitted, 2 received, 0% packet loss/)
    const misses = (address: string) =>
      two(`/bin/ping -c 2 -W 1 ${address}`, /^2 packets transmitted, 0 received,.* 100% packet loss/)
    await reaches('10.0.0.1')
    await reaches('10.0.5.1')
    await reaches('10.0.7.1') // eth0, tagged by the guests
    await misses('10.1.7.1') // eth1, the same
    const asks = (dev: string, address: string, count: number) =>
      two(`arping -c 2 -w 3 -I ${dev} ${address}`, new RegExp(`^Received ${count} response`))
    await asks('eth0', '10.0.0.1', 2)
    await asks('eth0', '10.0.5.1', 0)
    await asks('eth1', '10.0.5.1', 2)
    await asks('eth1', '10.0.0.1', 0)
    expectNoComplaint(board)
  })
})

/** What traffic between Linux VMs makes of faults: in the switch that all share, and in a neighbour's device models. */
import { expect, test } from 'vitest'
import { virtio } from '../../tool/config/device.ts'
import { withBoard } from './harness/board.ts'
import { broken, placeOf } from './harness/broken.ts'
import { FIO_LIBRARIES, FIO_PROGRAM, fioClients } from './harness/fio.ts'
import { iperf, linux, prompts, RECEIVED, shell } from './harness/linux-network.ts'
import { argumentsFor, packed } from './harness/system.ts'

const GROUPS = 'ip route add 239.0.0.0/8 dev eth0'

test('the switch fails under traffic: it begins anew, and traffic goes on', async () => {
  const vms = [await linux('one', 1, { lines: ['iperf3 -s -D', GROUPS] }), await linux('two', 2)]
  const networks = { lan: { mtu: 1500 } }
  const system = await packed({ name: 'network-fault', vms, networks, isFaulty: true, board: { memory: '640M' } })
  await withBoard({ args: argumentsFor(system, { icount: false }), vmNames: system.vmNames }, async (board) => {
    await prompts(board, system.vmNames)
    const two = await shell(board, system.vmNames, 'two')
    await two('/bin/ping -A -q 10.0.0.1 > /tmp/pings & echo pings', /^pings$/)
    await two(`(${iperf()}) & echo streams`, /^streams$/)
    const one = await shell(board, system.vmNames, 'one')
    const streams = 'until [ $(cat /sys/class/net/eth0/statistics/rx_bytes) -gt 1000000 ]; do usleep 10000; done'
    await one(`${streams}; echo flows`, /^flows$/)
    const faults: [string, string][] = [
      ['239.127.190.1', `unreachable code at .*${placeOf('net', 'NetFault.Trap')}`],
      ['239.127.190.2', 'memory fault at address 0x2680000000'],
      ['239.127.190.3', `it took too long at .*${placeOf('net', 'NetFault.Loop')}`],
    ]
    for (const [i, [group, what]] of faults.entries()) {
      await one(`ping -c 1 -w 1 ${group}; echo asked`, /^asked$/)
      const words = `^the network switch failed \\(fault ${i + 1}\\): ${what}, pc 0x40[0-9a-f]{8}; it began anew$`
      await board.report(new RegExp(words))
    }
    await shell(board, system.vmNames, 'two')
    await board.line('two', RECEIVED)
    const [, sent, received] = await two(
      'killall -INT ping; sleep 1; cat /tmp/pings',
      /^(\d+) packets transmitted, (\d+) received/,
    )
    expect(Number(received)).toBeGreaterThan(100)
    expect(Number(sent) - Number(received)).toBeLessThanOrEqual(1) // the one on its way when ping ended
    await two(iperf(), RECEIVED)
  })
})

test('device models that fail again and again: neighbours’ iperf3 and fio finish unharmed', async () => {
  const disk = virtio.block({ size: '16M' })
  const fio = {
    programs: FIO_PROGRAM,
    libraries: FIO_LIBRARIES,
    shared: await fioClients(),
    modules: ['virtio_blk'],
    devices: [virtio.net({ network: 'lan' }), disk],
  }
  const verify =
    'fio --name=verify --filename=/dev/vda --direct=1 --rw=randrw --bs=4k-64k --size=16M --ioengine=libaio --iodepth=16 ' +
    '--loops=3 --verify=crc32c --verify_fatal=1 --minimal --thread > /tmp/fio; echo fio ended with $?, $(cut -d";" -f5 /tmp/fio) errors'
  const again = { restarts: { limit: 10_000, backoff: '20ms' } }
  const vms = [
    await linux('one', 1, { lines: ['iperf3 -s -D'] }),
    await linux('two', 2, fio),
    { ...broken('unreachable', again), devices: ['uart' as const, virtio.net({ network: 'lan' })] },
  ]
  const system = await packed({
    name: 'network-neighbour',
    vms,
    networks: { lan: {} },
    isFaulty: true,
    board: { memory: '640M' },
  })
  await withBoard({ args: argumentsFor(system, { icount: false }), vmNames: system.vmNames }, async (board) => {
    await prompts(board, ['one', 'two'])
    const two = await shell(board, system.vmNames, 'two')
    const crashes = () =>
      board.hypervisorLines.filter((line) => /^VM 'broken' crashed; it starts again/.test(line)).length
    await board.report(/^VM 'broken': its device models failed/)
    const before = crashes()
    await two(`(${iperf()}) & ${verify}; wait`, /^fio ended with 0, 0 errors$/, 170)
    await board.line('two', /./)
    expect(board.linesOf('two').filter((line) => RECEIVED.test(line))).toHaveLength(1)
    await two(iperf('-R'), RECEIVED)
    expect(crashes()).toBeGreaterThan(before)
    expect(
      board.hypervisorLines.filter((line) =>
        /panic|the (console|network switch) failed|VM '(one|two)' crashed/.test(line),
      ),
    ).toEqual([])
  })
})

/** A network of two Linux VMs, with Debian's kernel, its own drivers and the usual tools; and what a neighbour's end does to it. */
import { describe, expect, test } from 'vitest'
import type { VmConfig } from '../../tool/config/define.ts'
import { virtio } from '../../tool/config/device.ts'
import { debian } from '../../tool/config/source.ts'
import { type Board, withBoard } from './harness/board.ts'
import { debianInitrd } from './harness/debian-initrd.ts'
import { argumentsFor, packed } from './harness/system.ts'

const PROMPT = /^\/root # $/
const CTRL_BRACKET = '\x1d'
const PROGRAMS = { iperf3: 'usr/bin/iperf3', 'iputils-ping': 'bin/ping' }
const LIBRARIES = ['libiperf0', 'libsctp1', 'libssl3', 'libcap2', 'libidn2-0', 'libunistring2']

async function linux(name: string, number: number, lines: string[] = []): Promise<VmConfig> {
  return {
    name,
    memory: '160M',
    kernel: debian.kernel(),
    initrd: await debianInitrd({
      programs: PROGRAMS,
      libraries: LIBRARIES,
      modules: ['virtio_mmio', 'virtio_net'],
      lines: [
        'ip link set lo up',
        `ip address add 10.0.0.${number}/24 dev eth0`,
        'ip link set eth0 up',
        ...lines,
        'cd /root',
      ],
    }),
    bootargs: 'console=ttyAMA0 quiet',
    devices: ['uart', virtio.net({ network: 'lan' })],
    onCrash: 'stop',
  }
}

/** The keyboard at a VM's shell, and its answers. */
async function shell(board: Board, vms: readonly string[], name: string) {
  board.type(`${CTRL_BRACKET}${vms.indexOf(name) + 1}`)
  await board.report(new RegExp(`^screen and keyboard: ${name}`))
  return async (command: string, answer: RegExp, seconds?: number) => {
    board.type(`${command}\n`)
    return board.line(name, answer, seconds)
  }
}

async function prompts(board: Board, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => board.line(name, PROMPT)))
}

describe.each([2, 3] as const)('two Linux VMs, GICv%d', (gic) => {
  test.each([true, false])('ping, ping -f and iperf3, offload %s', async (offload) => {
    const vms = [await linux('one', 1, ['iperf3 -s -D']), await linux('two', 2)]
    const board = { memory: '640M' }
    const system = await packed({ name: `network-${gic}-${offload}`, vms, networks: { lan: { offload } }, board })
    await withBoard({ args: argumentsFor(system, { gic, icount: false }), vmNames: system.vmNames }, async (board) => {
      await prompts(board, ['one', 'two'])
      const two = await shell(board, system.vmNames, 'two')
      await two('/bin/ping -c 3 10.0.0.1', /^3 packets transmitted, 3 received, 0% packet loss/)
      await two('/bin/ping -f -q -c 2000 10.0.0.1', /^2000 packets transmitted, 2000 received, 0% packet loss/)
      await two('/bin/ping -f -q -c 500 -s 20000 10.0.0.1', /^500 packets transmitted, 500 received, 0% packet loss/)
      await two('iperf3 -c 10.0.0.1 -n 16M -i 0 | grep receiver; echo', /1\d\.\d MBytes .*receiver$/)
      await two('iperf3 -c 10.0.0.1 -n 16M -i 0 -R | grep receiver; echo', /1\d\.\d MBytes .*receiver$/)
      const errors = await two(
        'echo errors $(cat /sys/class/net/eth0/statistics/*errors | sort -u)',
        /^errors (\d[\d ]*)$/,
      )
      expect(errors[1]).toBe('0')
      for (const name of ['two', 'one']) {
        await shell(board, system.vmNames, name)
        board.type('poweroff\n')
        await board.report(new RegExp(`^VM '${name}' powered itself off`))
      }
    })
  })
})

test('a network outlives its VMs: one crashes while it is flooded, and comes back', async () => {
  const one = await linux('one', 1)
  const crashes = { ...one, onCrash: 'restart' as const, bootargs: `${one.bootargs} panic=-1` }
  const vms = [crashes, await linux('two', 2)]
  const system = await packed({ name: 'network-crash', vms, networks: { lan: {} }, board: { memory: '640M' } })
  await withBoard({ args: argumentsFor(system, { icount: false }), vmNames: system.vmNames }, async (board) => {
    await prompts(board, system.vmNames)
    const two = await shell(board, system.vmNames, 'two')
    await two('/bin/ping -f -q 10.0.0.1 > /dev/null & echo floods', /^floods$/)
    const first = await shell(board, system.vmNames, 'one')
    const isFlooded = 'until [ $(cat /sys/class/net/eth0/statistics/rx_packets) -gt 300 ]; do usleep 10000; done'
    await first(`${isFlooded}; echo flood; echo c > /proc/sysrq-trigger`, /^flood$/)
    await board.report(/^VM 'one' reset itself; it starts again/)
    await board.line('one', PROMPT)
    await first(`${isFlooded}; echo again`, /^again$/)
    const last = await shell(board, system.vmNames, 'two')
    await last('killall ping; /bin/ping -c 3 10.0.0.1', /^3 packets transmitted, 3 received, 0% packet loss/)
    expect(board.hypervisorLines.filter((line) => /panic|fault|failed/.test(line))).toEqual([])
  })
})

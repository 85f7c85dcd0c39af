/** A balloon's target while its VM runs, as an operator sets it: 64 MiB go, and come back. */
import { expect, test } from 'vitest'
import type { VmConfig } from '../../tool/config/define.ts'
import { virtio } from '../../tool/config/device.ts'
import { debian } from '../../tool/config/source.ts'
import { withBoard } from './harness/board.ts'
import { argumentsFor, packed } from './harness/system.ts'

const MiB = 2 ** 20

test('64 MiB of a Linux VM go and come back, and status says so', async () => {
  const linux: VmConfig = {
    name: 'linux',
    memory: '256M',
    kernel: debian.kernel(),
    initrd: debian.busyboxInitrd({ modules: ['virtio_mmio', 'virtio_balloon'] }),
    bootargs: 'console=ttyAMA0 quiet',
    devices: ['uart', virtio.balloon()],
  }
  const system = await packed({ name: 'balloon', vms: [linux] })
  await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
    await board.line('linux', /^\/root # $/)
    let id = 0
    const ask = async (method: string, params: object): Promise<{ away: number; memory: number }> => {
      const number = ++id
      board.type(`\x1e${JSON.stringify({ jsonrpc: '2.0', id: number, method, params: { vm: 'linux', ...params } })}\n`)
      const [, reply] = await board.heard(new RegExp(`\x1e({"jsonrpc":"2.0","id":${number},.*})\r?\n`))
      return JSON.parse(reply!).result
    }
    const shell = async (command: string, answer: RegExp) => {
      board.type(`${command}\n`)
      return board.line('linux', answer)
    }
    const counted = (what: string) => `until grep "${what}" /proc/vmstat; do sleep 0.1; done; echo done ${what}`
    await shell('echo ready', /^ready$/)
    expect((await ask('balloon', { keep: 192 * MiB })).memory).toBe(256 * MiB)
    await shell(counted('balloon_inflate 16384'), /^done balloon_inflate 16384$/)
    expect((await ask('status', {})).away).toBeGreaterThanOrEqual(64 * MiB)
    await ask('balloon', { keep: 256 * MiB })
    await shell(counted('balloon_deflate 16384'), /^done balloon_deflate 16384$/)
    // What is touched is there again: more than what was left.
    await shell('mkdir /t; mount -t tmpfs -o size=200m none /t; echo mounted', /^mounted$/)
    await shell('dd if=/dev/zero of=/t/full bs=1M count=160 2> /dev/null; echo full', /^full$/)
    expect((await ask('status', {})).away).toBeLessThan(64 * MiB)
  })
})

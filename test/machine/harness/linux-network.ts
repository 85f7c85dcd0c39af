/** Linux VMs in a network: Debian's kernel with its own drivers and the usual tools, and how a test talks to their shells. */
import { expect } from 'vitest'
import type { VmConfig } from '../../../tool/config/define.ts'
import { virtio } from '../../../tool/config/device.ts'
import { debian } from '../../../tool/config/source.ts'
import type { Board } from './board.ts'
import { type DebianInitrd, debianInitrd } from './debian-initrd.ts'

const PROMPT = /^\/root # $/
const CTRL_BRACKET = '\x1d'
const PROGRAMS = { iperf3: 'usr/bin/iperf3', 'iputils-ping': 'bin/ping' }
const LIBRARIES = ['libiperf0', 'libsctp1', 'libssl3', 'libcap2', 'libidn2-0', 'libunistring2']

export interface LinuxMore extends Partial<DebianInitrd> {
  devices?: VmConfig['devices']
}

/** A VM with 10.0.0.`number` at eth0, by default in network `lan`; `more` comes on top of what all of them have. */
export async function linux(name: string, number: number, more: LinuxMore = {}): Promise<VmConfig> {
  const { programs, libraries = [], modules = [], lines = [], shared = [] } = more
  return {
    name,
    memory: '160M',
    kernel: debian.kernel(),
    initrd: await debianInitrd({
      programs: { ...PROGRAMS, ...programs },
      libraries: [...LIBRARIES, ...libraries],
      shared,
      modules: ['virtio_mmio', 'virtio_net', ...modules],
      lines: [
        'ip link set lo up',
        `ip address add 10.0.0.${number}/24 dev eth0`,
        'ip link set eth0 up',
        ...lines,
        'cd /root',
      ],
    }),
    bootargs: 'console=ttyAMA0 quiet',
    devices: ['uart', ...(more.devices ?? [virtio.net({ network: 'lan' })])],
  }
}

/** The keyboard at a VM's shell, and its answers. */
export async function shell(board: Board, vms: readonly string[], name: string) {
  board.type(`${CTRL_BRACKET}${vms.indexOf(name) + 1}`)
  await board.report(new RegExp(`^screen and keyboard: ${name}`))
  return async (command: string, answer: RegExp, seconds?: number) => {
    board.type(`${command}\n`)
    return board.line(name, answer, seconds)
  }
}

/** Each at its shell. */
export async function prompts(board: Board, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => board.line(name, PROMPT)))
}

/** All of a 16 MiB stream to 10.0.0.1, whose server serves one client at a time, and resets who comes while it still puts the last
 * one away. */
export function iperf(way = ''): string {
  return `until iperf3 -c 10.0.0.1 -n 16M -i 0 ${way} > /tmp/said; do sleep 1; done; grep receiver /tmp/said`
}
export const RECEIVED = /1\d\.\d MBytes .*receiver$/

export function expectNoComplaint(board: Board): void {
  expect(board.hypervisorLines.filter((line) => /panic|fault|failed/.test(line))).toEqual([])
}

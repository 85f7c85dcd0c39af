/** A card with two systems, as QEMU's Raspberry Pi 4 boots it: a bad one leads back to the one before it, a good one stays. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { SystemConfig, VmConfig } from '../../tool/config/define.ts'
import { ROOT } from '../../tool/config/project.ts'
import { runTool } from '../../tool/image/run-tool.ts'
import { bulkhead } from '../fake/command-line.ts'
import { type Card, volume, withCard } from './harness/firmware.ts'
import { NEIGHBOUR } from './harness/neighbour.ts'
import { configFile, packed } from './harness/system.ts'

const FOLDER = join(ROOT, 'build/test/slots')
const CARD = join(FOLDER, 'card.img')
const POWER_ON = 0
const SLOT_A = 2
const SLOT_B = 3
/** Bits 0, 2, 4 of a partition's number in PM_RSTS. */
const PARTITION = 0x15
const LEADS_TO_A = 0x04
const AGAIN = /^the board starts again from partition 2$/

/** Runs on, and resets the board when it is told to. */
const PULSE: VmConfig = { ...NEIGHBOUR, cores: [1], critical: true }
/** It crashes as soon as it runs. */
const CRASH: VmConfig = {
  name: 'pulse',
  cores: [1],
  memory: '1M',
  kernel: { source: 'assemblyscript', entry: join(ROOT, 'example/selftest/guest/crash.S') },
  restarts: { limit: 2 },
  critical: true,
}

/** It ends when a key is typed. */
const KEY: VmConfig = {
  ...CRASH,
  kernel: { source: 'assemblyscript', entry: join(ROOT, 'test/guest/device/end-by-key.ts') },
}
const CTRL_BRACKET = '\x1d'

async function system(name: string, vm: VmConfig): Promise<string> {
  const config: SystemConfig = {
    name: `test-${name}`,
    board: 'rpi4',
    confirm: { after: '2s', within: '60s' },
    vms: [vm],
  }
  return configFile(name, config)
}

async function run(...words: string[]): Promise<void> {
  const { status, stderr } = await bulkhead(...words)
  expect(status, stderr).toBe(0)
}

let card: Card
beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true })
  const { machine } = await packed({ name: 'slots-machine', board: { name: 'rpi4' }, vms: [PULSE] })
  card = { file: CARD, machine, vmNames: ['pulse'] }
  await run('image', await system('slots-first', PULSE), '--out', CARD)
})

/** The older system runs, and is on no trial. */
async function expectFirst(rsts: number): Promise<void> {
  expect(rsts & PARTITION).toBe(LEADS_TO_A)
  await withCard(card, rsts, async ({ board, partition }) => {
    expect(partition).toBe(SLOT_A)
    await board.line('pulse', /^pulse: \d+ periods, /)
    expect(board.hypervisorLines.filter((line) => line.includes('trial'))).toEqual([])
  })
}

test('a damaged bundle: boot refuses it, and the board starts the older system', async () => {
  await run('flash', await system('slots-damaged', PULSE), '--update', '--slot', 'b', '--out', CARD)
  const bundle = join(FOLDER, 'bundle.itb')
  const at = ['-i', `${CARD}@@${volume(CARD, SLOT_B).start}`]
  await runTool('mcopy', ['-n', '-o', ...at, '::bundle.itb', bundle])
  const bytes = readFileSync(bundle)
  // Behind the tree come the extensions that boot checks before it runs anything.
  bytes[bytes.length - 100]! ^= 1
  writeFileSync(bundle, bytes)
  await runTool('mcopy', ['-o', ...at, bundle, '::bundle.itb'])

  await withCard(card, POWER_ON, async ({ board, partition, reset }) => {
    expect(partition).toBe(SLOT_B)
    await board.report(/^stop: an extension is damaged; /)
    await board.report(AGAIN)
    await expectFirst(await reset())
  })
})

test('a critical VM that ends before its time: the board starts the older system', async () => {
  await run('flash', await system('slots-crash', CRASH), '--update', '--slot', 'b', '--out', CARD)
  await withCard(card, POWER_ON, async ({ board, partition, reset }) => {
    expect(partition).toBe(SLOT_B)
    await board.report(
      /^this system is on trial until its critical VMs have run for 2000 ms; until then .* partition 2$/,
    )
    await board.report(/^VM 'pulse' crashed; its restart limit is reached/)
    await board.report(AGAIN)
    await expectFirst(await reset())
  })
})

test('one whose critical VM has run for as long as its config asks stays: what ends it later leads nowhere else', async () => {
  await run('flash', await system('slots-good', KEY), '--update', '--slot', 'b', '--out', CARD)
  await withCard(card, POWER_ON, async ({ board, partition, reset }) => {
    expect(partition).toBe(SLOT_B)
    await board.line('pulse', /^runs until a key$/)
    await board.report(/^this system has proved itself$/)
    board.type(`${CTRL_BRACKET}1x`)
    await board.report(/^VM 'pulse' is critical: the board resets$/)
    const rsts = await reset()
    expect([rsts & PARTITION, board.hypervisorLines.some((line) => AGAIN.test(line))]).toEqual([0, false])
    await withCard(card, rsts, async ({ board, partition }) => {
      expect(partition).toBe(SLOT_B)
      await board.line('pulse', /^runs until a key$/)
    })
  })
})

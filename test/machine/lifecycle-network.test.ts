/** VMs of a template in a network: made, spoken to, unmade and made again, while their neighbours' frames go on; through the tool. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { VmConfig } from '../../tool/config/define.ts'
import { virtio } from '../../tool/config/device.ts'
import { derivedMac } from '../../tool/config/network.ts'
import { ROOT } from '../../tool/config/project.ts'
import { bulkhead, during, refused } from './harness/command.ts'
import { some } from './harness/some.ts'
import { configFile } from './harness/system.ts'

const MINUTE = 60_000
const NAME = 'test-lifecycle-network'
const GIVEN = '52:00:00:00:00:77'
/** A quarter of core 3. */
const cpu = { cores: [3], budget: '2500us', period: '10ms' }

function vm(name: string, more: Partial<VmConfig>, mac?: string): VmConfig {
  return {
    name,
    memory: '1M',
    kernel: { source: 'assemblyscript', entry: join(ROOT, 'test/guest/pair/frames.ts') },
    devices: ['uart', virtio.net({ network: 'lan', ...(mac && { mac }) })],
    ...more,
  }
}

test.each(some(['2', '3'], ['3']))(
  'made, spoken to and unmade, GICv%s',
  async (gic) => {
    const file = await configFile(`lifecycle-network-${gic}`, {
      name: NAME,
      board: { name: 'qemu-virt', cpus: 5, memory: '256M' },
      networks: { lan: {} },
      vms: [
        vm('answerer', { cores: [1] }, '52:00:00:00:00:01'),
        vm('steady', { cores: [2] }),
        vm('worker', { template: true, cpu }),
        vm('fixed', { template: true, cpu }, GIVEN),
      ],
    })
    await during(['run', file, '--gic', gic, '--icount'], async ({ told, seen }) => {
      const speaks = (name: string, mac: string) => seen(new RegExp(`^${name} +\\| ${mac}: \\d+ answers, 0 lost$`, 'm'))
      await speaks('steady', derivedMac(NAME, 'steady', 1))
      for (const name of ['worker', 'other']) {
        await bulkhead(file, 'create', 'worker', '--name', name)
        await speaks(name, derivedMac(NAME, name, 1))
      }
      await bulkhead(file, 'create', 'fixed')
      await speaks('fixed', GIVEN)
      expect(await refused(file, 'create', 'fixed', '--name', 'second')).toEqual([
        1,
        expect.stringMatching(/another VM has the MAC address.*: destroy that one/),
      ])
      // Each in the place, and with the port, of the one before.
      let former = 'other'
      for (const name of ['third', 'fourth', 'fifth']) {
        expect(await bulkhead(file, 'destroy', former)).toBe(`${former} is no more\n`)
        await bulkhead(file, 'create', 'worker', '--name', name)
        await speaks(name, derivedMac(NAME, name, 1))
        former = name
      }
      for (const name of ['worker', 'fixed', former]) await bulkhead(file, 'destroy', name)
      const reports = () => told.stdout.match(/^.* answers, \d+ lost$/gm)!
      const ofSteady = () => reports().filter((line) => line.startsWith('steady'))
      const soFar = ofSteady().length
      await seen(() => ofSteady().length >= soFar + 2)
      expect(reports().filter((line) => !line.endsWith(', 0 lost'))).toEqual([])
      expect(told.stdout).not.toMatch(/panic|failed/)
    })
  },
  5 * MINUTE,
)

/** A board without PSCI and with its devices behind buses: Raspberry Pi 4, as far as core sees one. */
import { describe, expect, test } from 'vitest'
import { DIRECT_VA, PAGE_SIZE } from '../../src/abi/layout.ts'
import { NEVER } from '../fake/asking.ts'
import { GiB, MiB } from '../fake/board.ts'
import { bundle } from '../fake/bundle.ts'
import { GICC, GICH, GICV, type GicV2 } from '../fake/gicv2.ts'
import { GICD } from '../fake/gicv3.ts'
import { Machine } from '../fake/machine.ts'
import { RASPBERRY, SPIN } from '../fake/raspberry.ts'
import { refusal } from '../fake/refused.ts'
import { translate } from '../fake/stage2-walk.ts'
import type { Node } from '../fake/tree.ts'

const initrd = bundle({ vms: { alpha: { cores: [0], restart: NEVER }, beta: { cores: [2], restart: NEVER } } })

describe('two VMs', () => {
  const machine = new Machine({ ...RASPBERRY, initrd })
  machine.boot()

  test('run, the second on a CPU out of the spin table', () => {
    expect([machine.vcpuOn(0)!.vm, machine.vcpuOn(2)!.vm]).toEqual([0, 1])
  })

  test('a CPU that nobody needs stays in its loop', () => {
    expect(machine.cpus.map(({ isOnline }) => isOnline)).toEqual([true, true, true, false])
    expect(machine.cleaned).not.toContain(SPIN + 24)
  })

  test("the firmware's pages are mapped for nobody any more", () => {
    for (const page of [0, 1]) expect(machine.mmu.walk(DIRECT_VA + GiB + page * PAGE_SIZE)).toBeUndefined()
    expect(machine.mmu.walk(DIRECT_VA + GiB + 2 * PAGE_SIZE)).toBeDefined()
    expect(machine.mmu.walk(DIRECT_VA + GiB + 32 * MiB)).toBeUndefined()
    expect(machine.mmu.walk(DIRECT_VA + GiB + 33 * MiB)).toBeDefined()
  })
})

/** A board that carves its addresses into pages of 64 KiB, such as ZCU102. */
test.each([true, false])(
  'a GIC whose pages are repeated or not (%s): interrupts end, guests get the pair of pages',
  (isSpread) => {
    const bend = (tree: Node) => {
      const size = isSpread ? 0x2_0000 : 0x1_0000
      const reg = [GICD, GICC, GICH, GICV].flatMap((pa) => [0, pa, 0, size])
      set(tree['intc@8000000'], 'reg', reg)
    }
    const machine = new Machine({ gic: 2, initrd, bend })
    ;(machine.gic as GicV2).isSpread = isSpread
    machine.boot()
    for (const byte of [0x61, 0x62]) {
      machine.uart.arrive([byte])
      expect(machine.uart.interrupt).toBe(true)
      machine.pump()
      expect(machine.uart.interrupt).toBe(false)
    }
    expect(translate(machine, 0, 0x0801_0000)?.pa).toBe(isSpread ? GICV + 0xf000 : GICV)
    expect(translate(machine, 0, 0x0801_1000)?.pa).toBe(isSpread ? GICV + 0x1_0000 : GICV + 0x1000)
  },
)

test('with the last VM the power manager switches the board off', () => {
  const machine = new Machine({ ...RASPBERRY, initrd })
  machine.boot()
  for (const cpu of [0, 2]) {
    machine.vcpuOn(cpu)!.setX(0, 0x8400_0008n)
    machine.exit(cpu, (core, vcpu) => Number(core.onHypercall!(vcpu)))
  }
  expect(machine.isOff).toBe(true)
})

test('a CPU that does not come is named, its VM does not run, the others do', () => {
  const machine = new Machine({ ...RASPBERRY, initrd, cpuOn: (cpu) => (cpu === 2 ? 'silent' : 0) })
  machine.boot()
  expect(machine.lines).toContain('bulkhead | CPU 2 did not start within a second; its VMs do not run')
  expect([machine.vcpuOn(0)!.vm, machine.vcpuOn(2)]).toEqual([0, undefined])
})

test('a CPU that nothing can start is named', () => {
  const bend = (tree: Node) => {
    RASPBERRY.bend(tree)
    delete ((tree.cpus as Node)['cpu@2'] as Node)['cpu-release-addr']
  }
  const machine = new Machine({ ...RASPBERRY, bend, initrd })
  machine.boot()
  expect(machine.lines).toContain('bulkhead | CPU 2 was refused by the firmware: PSCI error -1; its VMs do not run')
})

test.each<[string, (soc: Node, tree: Node) => void]>([
  ['an alias that nobody has', (_, tree) => set(tree.chosen, 'stdout-path', 'serial9')],
  ['an alias that only begins so', (_, tree) => set(tree.chosen, 'stdout-path', 'seria')],
  ['a bus without ranges', (soc) => delete soc.ranges],
  ['a bus whose ranges lie elsewhere', (soc) => set(soc, 'ranges', [0x1000_0000, 0, 0x1000_0000, 0x1000])],
  ['a bus of three cells', (soc) => set(soc, '#address-cells', [3])],
  [
    'a UART that is switched off',
    (soc) =>
      set(
        Object.values(soc['bus@40000000'] as Node).find((each) =>
          (each as Node).compatible?.toString().includes('pl011'),
        ) as Node,
        'status',
        'disabled',
      ),
  ],
])('the console is behind %s', (_, bend) => {
  const all = (tree: Node) => {
    RASPBERRY.bend(tree)
    bend(tree.soc as Node, tree)
  }
  expect(refusal({ ...RASPBERRY, initrd, bend: all })).toMatch(/^the device tree names no console; /)
})

function set(node: Node[string], name: string, value: Node[string]): void {
  ;(node as Node)[name] = value
}

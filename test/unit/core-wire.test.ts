/** A UART for the control line that the board has not, or that is somebody else's: the console keeps the records, and boot says so. */
import { expect, test } from 'vitest'
import { GuestLine } from '../fake/guest-line.ts'
import { started } from '../fake/started.ts'
import type { Node } from '../fake/tree.ts'

const ABSENT = "the board has no such UART for the control line: it is the console's"
const said = (wire?: string, bend?: (tree: Node) => void) => {
  const { machine } = started({
    control: true,
    ...(wire !== undefined && { line: { uart: wire } }),
    ...(bend && { bend }),
  })
  return machine.lines.filter((line) => line.includes(ABSENT)).length
}

test('nothing is said where the bundle names none', () => expect(said()).toBe(0))

test.each([
  ['that is not there', '/pl011@9040000'],
  ['without a name', ''],
  ['that is no path', 'serial1'],
  ['that is no UART', '/memory@40000000'],
  ["that is the console's own", '/pl011@9000000'],
])('a UART %s', (_, wire) => expect(said(wire)).toBe(1))

test('an address that is none, and an interrupt that is no shared one', () => {
  const node = (reg: number[], interrupts: number[]) => (tree: Node) => {
    if (tree.chosen) tree['pl011@9040000'] = { compatible: 'arm,pl011', reg, interrupts }
  }
  expect(said('/pl011@9040000', node([0, 0, 0, 0x1000], [0, 8, 4]))).toBe(1)
  expect(said('/pl011@9040000', node([0, 0x0904_0000, 0, 0x1000], [1, 8, 4]))).toBe(1)
})

test('the lines of VMs work as ever', () => {
  const { machine, vmm } = started({ control: true, line: { uart: '/nowhere' }, vms: { alpha: { virtio: [0x43] } } })
  vmm.core.controlReset!()
  const line = new GuestLine({
    lineWrite: (bytes, count) => void vmm.core.controlWrite!(bytes, count),
    lineRead: () => BigInt(vmm.core.controlRead!() ?? 0),
  })
  line.write('\x1e{"jsonrpc":"2.0","id":1,"method":"hello"}\n')
  expect(line.records()).toMatchObject([{ id: 1, result: { vms: ['alpha'] } }])
  expect(machine.lines.join()).toContain(ABSENT)
})

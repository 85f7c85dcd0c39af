/** QEMU's list of executed instructions becomes visits to the hypervisor, each on its own CPU. */
import { expect, test } from 'vitest'
import { histogram, symbolTable, Trace } from '../bench/trace.ts'

const SYMBOLS = [
  'Symbol table .symtab contains 3 entries:',
  '   Num:    Value          Size Type    Bind   Vis       Ndx Name',
  '     1: 0000004000002000    64 FUNC    LOCAL  DEFAULT     1 w2c_core_onIrq',
  '     2: 0000004000001000     0 NOTYPE  GLOBAL DEFAULT     1 vectors',
  '     3: 0000000000000000     0 FILE    LOCAL  DEFAULT   ABS core.c',
].join('\n')

const line = (cpu: number, at: number) =>
  `Trace ${cpu}: 0x7fdb2abd7300 [00000000/${at.toString(16).padStart(16, '0')}/00000061/ff022201] `

test('symbols come from the highest address down, files left out', () => {
  expect(symbolTable(SYMBOLS).map(({ name }) => name)).toEqual(['w2c_core_onIrq', 'vectors'])
})

test('a visit goes from a vector to the next one on the same CPU', () => {
  const trace = new Trace(symbolTable(SYMBOLS))
  const lines = [
    line(0, 0x40_0000_2000), // boot: nobody visits yet
    line(0, 0x40_0000_1480),
    line(1, 0x40_0000_1400),
    line(0, 0x40_0000_2000),
    line(0, 0x40_0000_2000), // listed again when the CPU's turn was over
    'something else',
    line(0, 0x40_0000_2004),
    line(1, 0x40_0000_1404),
    line(0, 0x40_0000_1400),
  ]
  for (const each of lines) trace.add(each)
  expect(trace.visits.map(({ cpu, entry, instructions }) => ({ cpu, entry, instructions }))).toEqual([
    { cpu: 0, entry: 'irq', instructions: 3 },
    { cpu: 1, entry: 'sync', instructions: 2 },
    { cpu: 0, entry: 'sync', instructions: 1 },
  ])
  expect(histogram(trace.visits.slice(0, 1))).toEqual([
    ['w2c_core_onIrq', 2],
    ['vectors', 1],
  ])
})

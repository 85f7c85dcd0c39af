/** Names behind guests' addresses: out of ELF files and System.map, into the hypervisor's lines. */
import { describe, expect, test } from 'vitest'
import { GuestSymbols } from '../../tool/command/guest-symbol.ts'
import { readSymbols } from '../../tool/image/symbol-table.ts'

const KERNEL = 0xffff_8000_8001_0000n
const MAP = `ffff800080010000 T _text
ffff800080010040 t do_one
ffff800080010080 W do_two
ffff8000a0000000 D some_data
`

/** An ELF file that has nothing but symbols: type, section, address, name. */
function elf(symbols: [type: number, section: number, at: bigint, name: string][]): Buffer {
  const names = Buffer.from(`\0${symbols.map(([, , , name]) => `${name}\0`).join('')}`)
  const [symtab, strtab, headers] = [64, 64 + 24 * symbols.length, 64 + 24 * symbols.length + names.length]
  const file = Buffer.alloc(headers + 3 * 64)
  file.write('\x7fELF', 0, 'latin1')
  file.writeBigUInt64LE(BigInt(headers), 40)
  file.writeUInt16LE(64, 58)
  file.writeUInt16LE(3, 60)
  let nameAt = 1
  symbols.forEach(([type, section, at, name], i) => {
    const entry = symtab + 24 * i
    file.writeUInt32LE(nameAt, entry)
    file.writeUInt8(0x10 | type, entry + 4)
    file.writeUInt16LE(section, entry + 6)
    file.writeBigUInt64LE(at, entry + 8)
    nameAt += name.length + 1
  })
  names.copy(file, strtab)
  const section = (i: number, type: number, offset: number, size: number, link: number) => {
    const at = headers + 64 * i
    file.writeUInt32LE(type, at + 4)
    file.writeBigUInt64LE(BigInt(offset), at + 24)
    file.writeBigUInt64LE(BigInt(size), at + 32)
    file.writeUInt32LE(link, at + 40)
  }
  section(1, 2, symtab, 24 * symbols.length, 2)
  section(2, 3, strtab, names.length, 0)
  return file
}

describe('System.map', () => {
  const table = readSymbols(Buffer.from(MAP))!
  test.each([
    [KERNEL - 1n, undefined],
    [KERNEL, '_text'],
    [KERNEL + 0x3cn, '_text+0x3c'],
    [KERNEL + 0x40n, 'do_one'],
    [KERNEL + 0x84n, 'do_two+0x4'],
    [KERNEL + 0x2000_0000n, undefined],
  ])('0x%x', (at, name) => expect(table.find(at)).toBe(name))
})

describe('ELF', () => {
  test('functions and labels, but for mapping symbols, data and what is elsewhere', () => {
    const table = readSymbols(
      elf([
        [0, 1, 0x4008_0000n, '$x'],
        [0, 1, 0x4008_0000n, '_start'],
        [2, 1, 0x4008_0100n, 'main'],
        [1, 1, 0x4008_0200n, 'buffer'],
        [2, 0, 0n, 'extern'],
      ]),
    )!
    expect([table.size, table.find(0x4008_0010n), table.find(0x4008_0204n)]).toEqual([2, '_start+0x10', 'main+0x104'])
  })

  test('without symbols has none', () => {
    expect(readSymbols(elf([]))).toBeUndefined()
    expect(readSymbols(Buffer.from('neither of both'))).toBeUndefined()
  })

  test('that is damaged is refused, wherever it is cut', () => {
    const whole = elf([[2, 1, 0x4008_0100n, 'main']])
    for (let length = 62; length < whole.length; length++) {
      try {
        readSymbols(whole.subarray(0, length))
      } catch (error) {
        expect((error as Error).name).toBe('ImageError')
      }
    }
  })
})

test('in reports: those of the VM that the line before names, and no one else’s', () => {
  const symbols = new GuestSymbols(new Map([['linux', readSymbols(Buffer.from(MAP))!]]))
  const report = [
    "VM 'linux' took an exception, but nothing is mapped at its vectors (VBAR_EL1 0x0); the exception came from 0xffff800080010044",
    '  vCPU 0: guest pc 0xffff800080010088, lr 0xffff800080010004, pstate 0x3c5, x0 0xffff800080010040, x1 0x0',
    "VM 'pulse': its device models failed: unreachable code at src/vmm/bus.ts:1, pc 0x4000001000",
    '  vCPU 0: guest pc 0xffff800080010088, lr 0x0, pstate 0x3c5, x0 0x0, x1 0x0',
    'linux: vCPU 0 on CPU 1: in WFI for 3.2 s at 0xffff800080010050; virtual timer off',
    'stop: no bundle',
  ]
  expect(report.map((line) => symbols.explain(line))).toEqual([
    ["0xffff800080010044 is in linux's do_one+0x4"],
    ["0xffff800080010088 is in linux's do_two+0x8", "0xffff800080010004 is in linux's _text+0x4"],
    [],
    [],
    ["0xffff800080010050 is in linux's do_one+0x10"],
    [],
  ])
})

/** The last exits of a vCPU in words. DDI 0487, "ESR_EL2, Exception Syndrome Register (EL2)". */
import type { Exits } from './protocol.ts'

type Exit = Exits['exits'][number]

/** A line for each, the latest first; what a loop did again and again comes once, with how often. */
export function exitLines(exits: readonly Exit[]): string[] {
  const words = exits.map((exit) => `${exitText(exit)}, pc ${exit.pc}`)
  const lines: string[] = []
  for (let from = 0; from < words.length; ) {
    const { length, times } = longest(words.slice(from))
    const round = words.slice(from, from + length)
    lines.push(...round.map((line, i) => (i > 0 ? `and ${line}` : times > 1 ? `${times} times: ${line}` : line)))
    from += length * times
  }
  return lines
}

/** The rounds that a list begins with: those that take most of it. */
function longest(words: readonly string[]): { length: number; times: number } {
  let best = { length: 1, times: 1 }
  for (let length = 1; length * 2 <= words.length; length++) {
    const end = words.findIndex((line, i) => line !== words[i % length])
    const times = Math.floor((end < 0 ? words.length : end) / length)
    if (times > 1 && times * length > best.times * best.length) best = { length, times }
  }
  return best
}

function exitText({ intid, esr, at }: Exit): string {
  if (esr === undefined) return `interrupt ${intid}`
  const syndrome = Number(esr)
  switch (Math.floor(syndrome / 2 ** 26)) {
    case 0x01:
      return 'WFI'
    case 0x16:
      return 'HVC'
    case 0x17:
      return 'SMC'
    case 0x18:
      return `${syndrome & 1 ? 'read' : 'write'} of ${registerName(syndrome)}`
    case 0x20:
      return abortText('fetch of an instruction', syndrome, at!)
    case 0x24: {
      const size = syndrome & (1 << 24) ? ` of ${1 << ((syndrome >> 22) & 3)} bytes` : ''
      return abortText(`${syndrome & (1 << 6) ? 'write' : 'read'}${size}`, syndrome, at!)
    }
  }
  return `syndrome ${esr}`
}

/** `at` is an IPA where the board knows it, else the guest's own address: src/core/fault-address.ts. */
function abortText(access: string, syndrome: number, at: string): string {
  const status = syndrome & 0x3f
  if (syndrome & (1 << 7)) return `table walk at ${at}`
  if (status < 0x0c) return `${access} at ${at}`
  return `${access} by address ${at}, ${status < 0x10 ? 'not permitted' : `fault status 0x${status.toString(16)}`}`
}

/** As assemblers write a register without a name. */
function registerName(syndrome: number): string {
  const field = (at: number, bits: number) => (syndrome >> at) & ((1 << bits) - 1)
  return `S${field(20, 2)}_${field(14, 3)}_C${field(10, 4)}_C${field(1, 4)}_${field(17, 3)}`
}

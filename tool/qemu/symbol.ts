/** Names the source line behind an address of the hypervisor's code. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { IMAGE_VA, STACK_VA } from '../../src/abi/layout.ts'

const PROGRAMS = ['llvm-addr2line-16', 'llvm-addr2line', 'addr2line']

export class Symbols {
  readonly #elf: string
  readonly #known = new Map<string, string | undefined>()
  #program: string | undefined

  constructor(elf: string) {
    this.#elf = elf
  }

  /** For each EL2 address in a line: `function, src/core/exit.ts:12`. */
  explain(text: string): string[] {
    const addresses = [...text.matchAll(/\b0x[0-9a-f]{10}\b/g)].map(([address]) => address)
    return [...new Set(addresses)].filter(isCode).flatMap((address) => {
      const place = this.#look(address)
      return place ? [`${address} is in ${place}`] : []
    })
  }

  #look(address: string): string | undefined {
    if (!this.#known.has(address)) this.#known.set(address, this.#ask(address))
    return this.#known.get(address)
  }

  #ask(address: string): string | undefined {
    if (!existsSync(this.#elf)) return undefined
    for (const program of this.#program ? [this.#program] : PROGRAMS) {
      const args = ['-f', '-e', this.#elf, address]
      const { status, stdout } = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      if (status !== 0) continue
      this.#program = program
      const [name, place] = stdout.trim().split('\n')
      return place && !place.startsWith('??')
        ? `${name}, ${place.replace(/^\.\/| \(discriminator \d+\)$/g, '')}`
        : undefined
    }
    return undefined
  }
}

function isCode(address: string): boolean {
  const value = Number(address)
  return value >= IMAGE_VA && value < STACK_VA
}

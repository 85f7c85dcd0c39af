/** `--log DIR`: one file for each VM, one for the hypervisor, and the console as it was. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../ui/failure.ts'
import { type ConsoleLine, HYPERVISOR } from './console.ts'

export class ConsoleLog {
  readonly #files: Map<string, number>
  readonly #all: number

  constructor(folder: string, vmNames: readonly string[]) {
    const open = (name: string) => openSync(join(folder, `${name}.log`), 'w')
    try {
      mkdirSync(folder, { recursive: true })
      this.#files = new Map([...vmNames, HYPERVISOR].map((name) => [name, open(name)]))
      this.#all = open('console')
    } catch (error) {
      throw new UserError(`--log ${folder}: ${(error as Error).message}; name a folder that can be written`)
    }
  }

  add({ source, text, whole }: ConsoleLine): void {
    writeSync(this.#files.get(source)!, `${text}\n`)
    writeSync(this.#all, `${whole}\n`)
  }

  close(): void {
    for (const file of [...this.#files.values(), this.#all]) closeSync(file)
  }
}

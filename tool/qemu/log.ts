/** `--log DIR`: one file for each VM, one for the hypervisor, and the console as it was. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type ConsoleLine, HYPERVISOR } from './console.ts'

export class ConsoleLog {
  readonly #files: Map<string, number>
  readonly #all: number

  constructor(folder: string, vmNames: readonly string[]) {
    mkdirSync(folder, { recursive: true })
    const open = (name: string) => openSync(join(folder, `${name}.log`), 'w')
    this.#files = new Map([...vmNames, HYPERVISOR].map((name) => [name, open(name)]))
    this.#all = open('console')
  }

  add({ source, text, whole }: ConsoleLine): void {
    writeSync(this.#files.get(source)!, `${text}\n`)
    writeSync(this.#all, `${whole}\n`)
  }

  close(): void {
    for (const file of [...this.#files.values(), this.#all]) closeSync(file)
  }
}

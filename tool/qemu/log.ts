/** `--log DIR`: one file for each VM, one for the hypervisor, and the console as it was. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { refusalText, UserError } from '../ui/failure.ts'
import { type ConsoleLine, HYPERVISOR } from './console.ts'

export class ConsoleLog {
  readonly #files: Map<string, number>
  readonly #all: number
  readonly #folder: string

  constructor(folder: string, vmNames: readonly string[]) {
    this.#folder = folder
    const open = (name: string) => openSync(join(folder, `${name}.log`), 'w')
    try {
      mkdirSync(folder, { recursive: true })
      this.#files = new Map([...vmNames, HYPERVISOR].map((name) => [name, open(name)]))
      this.#all = open('console')
    } catch (error) {
      throw refused(folder, error)
    }
  }

  add({ source, text, whole }: ConsoleLine): void {
    try {
      writeSync(this.#files.get(source)!, `${text}\n`)
      writeSync(this.#all, `${whole}\n`)
    } catch (error) {
      throw refused(this.#folder, error)
    }
  }

  close(): void {
    for (const file of [...this.#files.values(), this.#all]) closeSync(file)
  }
}

function refused(folder: string, error: unknown): UserError {
  const what = `--log ${folder}`
  return new UserError(refusalText(error, what) ?? `${what}: ${(error as Error).message}`)
}

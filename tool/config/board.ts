/** What a board file states, and finding the board that a config names. */
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT } from './project.ts'

export interface Board {
  name: string
  title: string
  /** The root `compatible` of the machine's DTB; the hypervisor refuses a bundle that was made for another one. */
  compatible: string
  ram: { base: number; size: number; most: number }
  cores: { count: number; most: number }
  /** GIC architecture versions that the board can have, its usual one first, and the cores that each can serve. */
  gic: { versions: readonly GicVersion[]; most: Readonly<Record<GicVersion, number>> }
  uart: { kind: 'pl011'; base: number; intid: number }
  /** How QEMU plays this board; `initrdOffset` is where it puts the bundle, from the start of RAM. */
  qemu?: { machine: string; cpu: string; initrdOffset: (ramSize: number) => number }
}

export type GicVersion = 2 | 3

const FOLDER = join(ROOT, 'board')

export function boardNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => basename(file, '.ts'))
    .sort()
}

/** `name` must be one of `boardNames()`. */
export async function loadBoard(name: string): Promise<Board> {
  const module: { default: Board } = await import(pathToFileURL(join(FOLDER, `${name}.ts`)).href)
  return module.default
}

/** One Wasm module of the hypervisor, from its entry file to a checked and marked binary. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import binaryen from 'binaryen'
import { compileWasm } from './asc.ts'
import { type Interface, interfaceOf } from './interface.ts'
import type { ModuleName } from './join.ts'

export interface ModuleOptions {
  root: string
  outDir: string
  name: ModuleName
  entry: string
}

export interface Module {
  /** The .wasm that tests instantiate. */
  path: string
  /** The same with line markers, for wasm2c. */
  marked: Uint8Array
  interface: Interface
  /** First address above static data. */
  dataEnd: number
}

export async function buildModule({ root, outDir, name, entry }: ModuleOptions): Promise<Module> {
  const { wasm, sourceMap, dataEnd } = await compileWasm({ root, target: name, entry, fuel: name !== 'core' })
  const path = join(outDir, 'wasm', `${name}.wasm`)
  await writeFile(path, wasm)
  await writeFile(`${path}.map`, sourceMap)
  const module = binaryen.readBinary(wasm)
  const result = { path, marked: wasm, interface: interfaceOf(module), dataEnd }
  module.dispose()
  return result
}

/** One Wasm module, from its entry file to a checked and marked binary. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import binaryen from 'binaryen'
import { compileWasm } from './asc.ts'
import { audit } from './audit.ts'
import { interfaceOf } from './interface.ts'
import { addMarkers, type Marked } from './markers.ts'
import type { UnitName } from './model.ts'
import type { Interface } from './signature.ts'

const PAGE = 4096

export interface ModuleOptions {
  root: string
  outDir: string
  name: UnitName
  entry: string
}

export interface Module {
  /** The .wasm that tests instantiate. */
  path: string
  /** The same with line markers, for wasm2c. */
  marked: Marked
  interface: Interface
  /** Bytes from address 0 to the end of static data, in whole pages. */
  memorySize: number
}

export async function buildModule({ root, outDir, name, entry }: ModuleOptions): Promise<Module> {
  const { wasm, sourceMap, dataEnd } = await compileWasm({
    root,
    target: name,
    entry,
    fuel: name === 'vmm' || name === 'host',
  })
  const path = join(outDir, `${name}.wasm`)
  await writeFile(path, wasm)
  await writeFile(`${path}.map`, sourceMap)
  const module = binaryen.readBinary(wasm)
  audit(module, name)
  const result = {
    path,
    marked: addMarkers(wasm, sourceMap),
    interface: interfaceOf(module),
    memorySize: Math.ceil(dataEnd / PAGE) * PAGE,
  }
  module.dispose()
  return result
}

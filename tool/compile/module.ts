/** One Wasm module, from its entry file to a checked and marked binary. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import binaryen from 'binaryen'
import { compileWasm } from './asc.ts'
import { audit } from './audit.ts'
import { interfaceOf } from './interface.ts'
import type { ApartLiterals } from './literal.ts'
import { addMarkers, type Place } from './markers.ts'
import { isService, type UnitName } from './model.ts'
import type { Interface } from './signature.ts'

const PAGE = 4096

export interface ModuleOptions {
  root: string
  outDir: string
  name: UnitName
  entry: string
}

/** Plain data, so that it can be kept from one build to the next. */
export interface Module {
  /** The .wasm that tests instantiate, and the same with line markers for wasm2c. */
  path: string
  marked: string
  /** What the markers stand for. */
  places: Place[]
  interface: Interface
  /** Bytes from address 0 to the end of static data, in whole pages. */
  memorySize: number
  /** Texts that go with extensions. */
  literals: ApartLiterals[]
}

export async function buildModule({ root, outDir, name, entry }: ModuleOptions): Promise<Module> {
  const fuel = name === 'vmm' || isService(name)
  const { wasm, sourceMap, dataEnd, literals } = await compileWasm({ root, target: name, entry, fuel })
  const module = binaryen.readBinary(wasm)
  audit(module, name)
  const marked = addMarkers(wasm, sourceMap)
  const result = {
    path: join(outDir, `${name}.wasm`),
    marked: join(outDir, `${name}.marked.wasm`),
    places: marked.places,
    interface: interfaceOf(module),
    memorySize: Math.ceil(dataEnd / PAGE) * PAGE,
    literals,
  }
  module.dispose()
  await writeFile(result.path, wasm)
  await writeFile(`${result.path}.map`, sourceMap)
  await writeFile(result.marked, marked.wasm)
  return result
}

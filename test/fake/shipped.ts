/** Modules as the build made them, compiled once for each test file. */
import { readFileSync } from 'node:fs'

const compiled = new Map<string, WebAssembly.Module>()

/** `build/<path>.wasm`. */
export function shipped(path: string): WebAssembly.Module {
  const file = new URL(`../../build/${path}.wasm`, import.meta.url)
  const found = compiled.get(path) ?? new WebAssembly.Module(readFileSync(file))
  compiled.set(path, found)
  return found
}

/** An import that must not be called. */
export function refuse(what: string) {
  return () => {
    throw new Error(what)
  }
}

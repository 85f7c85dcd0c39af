/**
 * Module hook: loads the compilers' packages as they are. A TypeScript loader such as tsx would rewrite binaryen's 13 MB,
 * which takes five seconds; they are plain modules. Registered by module-cache.ts.
 */
import { readFile } from 'node:fs/promises'

const PACKAGES = /\/node_modules\/(assemblyscript|binaryen)\/.*\.js$/

export async function load(url, context, nextLoad) {
  if (!PACKAGES.test(url)) return nextLoad(url, context)
  return { format: 'module', source: await readFile(new URL(url)), shortCircuit: true }
}

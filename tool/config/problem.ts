/** Turns what zod found into lines that a person can act on. */
import type { z } from 'zod'
import type { Problem } from '../ui/failure.ts'
import { suggestion } from '../ui/suggest.ts'
import { WANTED } from './wanted.ts'

type Issue = z.core.$ZodIssue

/** Fields of earlier versions, and what says the same now. */
const GONE: Record<string, string> = {
  'vms[].restart': "write onCrash, onReboot or onShutdown: 'restart' or 'stop', and restarts: { limit: 3 }",
}

/** `vms[1].memory` */
export function pathText(path: readonly PropertyKey[]): string {
  return join(path, (index) => `[${index}]`)
}

/** `vms[].memory`, `networks.*.mtu` */
function pattern(path: readonly PropertyKey[]): string {
  const [first, , ...rest] = path
  if (first === 'disks' && path.length > 1) {
    const [field, , ...below] = rest
    return join([first, '*', ...(rest.length > 1 ? [field!, '*', ...below] : rest)], () => '[]')
  }
  const named = (first === 'networks' || first === 'sharedMemory') && path.length > 1 ? [first, '*', ...rest] : path
  return join(named, () => '[]')
}

function join(path: readonly PropertyKey[], position: (index: number) => string): string {
  return path.map((key, i) => (typeof key === 'number' ? position(key) : `${i ? '.' : ''}${String(key)}`)).join('')
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], root)
}

function described(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 40 ? `${value.slice(0, 40)}…` : value}'`
  if (Array.isArray(value)) return value.length ? 'a list' : 'an empty list'
  if (value === null) return 'null'
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'function') return 'a function'
  return String(value)
}

/** Of a union's branches the one that came furthest: the deepest path, or the object whose keys are only partly wrong. */
function closest(branches: Issue[][]): Issue[] | undefined {
  const depth = (issues: Issue[]) =>
    Math.max(...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)))
  const inside = branches.filter((issues) => issues.length > 0 && depth(issues) > 0)
  const rightSource = inside.filter((issues) => !issues.some((issue) => issue.path[0] === 'source'))
  return (rightSource.length ? rightSource : inside).sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0]
}

/** `prefix` is where the parsed part stands in the whole config `root`. */
export function problems(issues: Issue[], root: unknown, prefix: PropertyKey[] = []): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    const path = [...prefix, ...issue.path]
    const at = pathText(path)
    if (issue.code === 'custom') return [{ path: at, ...(issue.params as Omit<Problem, 'path'>) }]
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key))
    if (issue.code === 'invalid_union') {
      const branch = closest(issue.errors)
      const custom = issue.errors.flat().filter((inner) => inner.code === 'custom')
      if (branch) return problems(branch, root, path)
      if (custom.length) return problems(custom, root, path)
    }
    const value = valueAt(root, path)
    const remedy = `write ${WANTED[pattern(path)] ?? 'another value'}`
    if (value === undefined) return [{ path: at, reason: 'is missing', remedy }]
    return [{ path: at, reason: `${described(value)} does not fit here`, remedy }]
  })
}

function unknownKey(path: PropertyKey[], key: string): Problem {
  const gone = GONE[pattern([...path, key])]
  if (gone) return { path: pathText([...path, key]), reason: 'there is no such field any more', remedy: gone }
  const inside = path.length ? `${pattern(path)}.` : ''
  const known = Object.keys(WANTED)
    .filter((wanted) => wanted.startsWith(inside) && /^\w+$/.test(wanted.slice(inside.length)))
    .map((wanted) => wanted.slice(inside.length))
  const above = [...path.slice(0, -1), key]
  // A network may have any name: there every word would be at home.
  const remedy =
    WANTED[pattern(above)] && !pattern(above).endsWith('*')
      ? `it stands one level up, as ${pathText(above)}`
      : suggestion(key, known)
  return { path: pathText([...path, key]), reason: 'there is no such field', remedy }
}

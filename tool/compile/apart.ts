/**
 * Functions that no compiler may inline: the slow halves of fast paths. Inlined, they would give the fast path their stack
 * frame, and every exit would save and restore registers for work that it does not do (`npm run bench` shows it).
 */
import { APART, RARE, TOGETHER } from './apart-list.ts'
import { doorsOf } from './extension.ts'
import type { UnitName } from './model.ts'

/** With the doors into extensions, which have to stay functions of their own. */
export function apartIn(name: UnitName): string[] {
  return [...new Set([...(APART[name] ?? []), ...doorsOf(name)])]
}

/** For clang: some apart, some together, some small. */
export function markApart(code: string, name: UnitName): string {
  const one = (attribute: string) => (text: string, path: string) => mark(text, name, path, attribute)
  const apart = apartIn(name).reduce(one('noinline, cold'), code)
  const together = (TOGETHER[name] ?? []).reduce(one('always_inline'), apart)
  return (RARE[name] ?? []).reduce(one('minsize'), together)
}

/** Puts an attribute before each function that `path` names, a file and one of its functions or `*` for all, and before its export. */
function mark(code: string, name: UnitName, path: string, attribute: string): string {
  const [, file = '', own] = /^src\/(.*)\/([^/]+)$/.exec(path) ?? []
  const prefix = (file.startsWith(`${name}/`) ? file : `${name}/${file}`).replace(/\W+/g, '__')
  const named = `${prefix}__${own === '*' ? '\\w+' : own}\\(`
  const prototype = `static (?=.*\\b(?:void|u32|u64) ${named})`
  const wrapper = `(?=(?:void|u32|u64) w2c_${name}_\\w+\\(.*\\{.*\\b${named})`
  return code.replace(
    new RegExp(`^(?:${prototype}|${wrapper})`, 'gm'),
    (found) => `${found}__attribute__((${attribute})) `,
  )
}

/** The repository's own files as the shape tests see them. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..')

export interface Source {
  /** Relative to the repository. */
  path: string
  text: string
}

/** Tracked and new files, without what git ignores; those that a commit in progress has deleted are left out. */
export function sources(pattern: RegExp): Source[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: ROOT })
  return listed
    .toString()
    .split('\0')
    .filter((path) => pattern.test(path) && existsSync(join(ROOT, path)))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
}

/** Relative imports, as paths from the repository; packages are left out. */
export function importsOf({ path, text }: Source): string[] {
  const specifiers = [...text.matchAll(/\b(?:from|import|import\() ?'(\.[^']*)'/g)].map(([, specifier]) => specifier!)
  return specifiers.map((specifier) => normalize(join(dirname(path), specifier)))
}

/** The code without comments, and with every string as ''. */
export function bareCode({ text }: Source): string {
  const token = /\/\*[\s\S]*?\*\/|\/\/.*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g
  return text.replace(token, (match) => (match.startsWith('/') ? match.replace(/[^\n]/g, '') : "''"))
}

/** `path:line text` of each line of bare code that matches. */
export function linesMatching(source: Source, pattern: RegExp): string[] {
  const lines = bareCode(source).split('\n')
  return lines.flatMap((line, index) => (pattern.test(line) ? [`${source.path}:${index + 1} ${line.trim()}`] : []))
}

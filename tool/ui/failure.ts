/** What goes wrong for a person: a mistake of theirs is one line a mistake, without a stack. */

/** Exit codes of every command; `bulkhead run --help` prints them. */
export const EXIT = {
  OK: 0,
  USER: 1,
  OURS: 2,
  CRASHED: 3,
  UNMATCHED: 4,
  TIMEOUT: 124,
  QEMU: 125,
  INTERRUPTED: 130,
} as const

/** A person's mistake, or something their machine lacks: printed as it is. */
export class UserError extends Error {
  override name = 'UserError'
  readonly exitCode: number

  constructor(message: string, exitCode: number = EXIT.USER) {
    super(message)
    this.exitCode = exitCode
  }
}

const REFUSALS: Record<string, string> = {
  ENOSPC: 'no space is left; make room and run this again',
  EDQUOT: 'the disk quota is used up; make room and run this again',
  EROFS: 'the file system is read-only; work in a folder that can be written',
  EACCES: 'permission is denied; work in a folder that is yours, or change who may write there',
  EPERM: 'the operation is not permitted; work in a folder that is yours, or change who may write there',
  EEXIST: 'a file is in the way; remove or rename it',
  ENOTDIR: 'a file is in the way of a folder; remove or rename it',
  EISDIR: 'a folder is in the way of a file; remove or rename it',
  EMFILE: 'too many files are open; raise the limit (ulimit -n)',
  EIO: 'the disk fails; look at the system log',
}

/** What the file system refuses is nobody's bug: a line for people, `name` or the path in front; undefined for any other error. */
export function refusalText(error: unknown, name?: string): string | undefined {
  const { code, syscall, path } = error as NodeJS.ErrnoException
  if (code === undefined || syscall === undefined || syscall.startsWith('spawn')) return undefined
  // Node's answer where a folder is to be made on a read-only file system.
  const reason = REFUSALS[code === 'ENOENT' && syscall === 'mkdir' ? 'EROFS' : code]
  return reason && `${name ?? path ?? `a file (${syscall})`}: ${reason}`
}

/** One thing that is wrong in a config: where, what, and what would be right. */
export interface Problem {
  /** As one would write it in the config: `vms[1].memory`; empty for the file as a whole. */
  path: string
  reason: string
  remedy: string
}

export function problemLine(file: string, problem: Problem): string {
  const where = problem.path ? `${file}: ${problem.path}` : file
  return `${where}: ${problem.reason}; ${problem.remedy}`
}

/** Every problem of one config file at once. */
export class ConfigError extends UserError {
  override name = 'ConfigError'
  readonly file: string
  readonly problems: Problem[]

  constructor(file: string, problems: Problem[]) {
    super(problems.map((problem) => problemLine(file, problem)).join('\n'))
    this.file = file
    this.problems = problems
  }
}

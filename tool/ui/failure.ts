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

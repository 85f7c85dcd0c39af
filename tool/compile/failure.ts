/** What ends a build for a reason that a person can mend. */
import { UserError } from '../ui/failure.ts'

/** In the sources or on the machine: one line a mistake, `file:line what` where there is a place, without a stack. */
export class CompileError extends UserError {
  override name = 'CompileError'
}

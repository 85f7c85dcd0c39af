import { UserError } from '../ui/failure.ts'

/** A build that ends for a reason in the sources or on the machine: a `file:line what` a mistake, without a stack. */
export class CompileError extends UserError {
  override name = 'CompileError'
}

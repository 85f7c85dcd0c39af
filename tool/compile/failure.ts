/** A build that ends for a reason in the sources: printed as one message, without a stack. */
export class CompileError extends Error {
  override name = 'CompileError'
}

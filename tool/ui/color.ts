/** Colours for people at a terminal, never for files, pipes or CI logs; NO_COLOR and FORCE_COLOR have the last word. */
import picocolors from 'picocolors'

function wants(stream: NodeJS.WriteStream): boolean {
  if (process.env.NO_COLOR) return false
  if (process.env.FORCE_COLOR) return process.env.FORCE_COLOR !== '0'
  return stream.isTTY === true && process.env.TERM !== 'dumb'
}

/** For what goes to standard output. */
export const colors = picocolors.createColors(wants(process.stdout))
/** For what goes to standard error. */
export const errorColors = picocolors.createColors(wants(process.stderr))

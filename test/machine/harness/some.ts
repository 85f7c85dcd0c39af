/** Tests of half a minute for each combination: a change tries some of them, `EVERY=1` (.ci/nightly) all. */

export function some<T>(all: readonly T[], few: readonly T[]): readonly T[] {
  return process.env.EVERY === '1' ? all : few
}

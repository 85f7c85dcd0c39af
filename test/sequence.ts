/** The order of test files: those that take longest first, so that none of them is left over for one core at the end. */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Where guests take the longest, the slowest first; what the machine remembers of an earlier run is not there in CI. */
const SLOW = [
  'run',
  'isolation',
  'virtio-network',
  'console-fault',
  'virtio',
  'linux',
  'lifecycle-cli',
  'virtio-storage',
]

const place = ({ moduleId }: TestSpecification) => {
  const at = SLOW.findIndex((name) => moduleId.endsWith(`/machine/${name}.test.ts`))
  return at < 0 ? SLOW.length : at
}

export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => place(a) - place(b))
  }
}

/** The self-test on qemu-virt, which then resets: `npx bulkhead selftest`. */
import { selftest } from './selftest.ts'

export default selftest('qemu-virt', true)

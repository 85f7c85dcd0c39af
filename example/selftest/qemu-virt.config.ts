/** The self-test on qemu-virt: `npx bulkhead selftest`. */
import { selftest } from './selftest.ts'

export default selftest('qemu-virt')

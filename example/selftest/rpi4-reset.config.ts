/** The self-test on rpi4, which then resets: `npx bulkhead selftest`. */
import { selftest } from './selftest.ts'

export default selftest('rpi4', true)

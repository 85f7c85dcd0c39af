/** The self-test on rpi4: `npx bulkhead selftest`. */
import { selftest } from './selftest.ts'

export default selftest('rpi4')

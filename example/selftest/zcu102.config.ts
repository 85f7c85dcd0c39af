/** The self-test on zcu102: `npx bulkhead selftest`. */
import { selftest } from './selftest.ts'

export default selftest('zcu102')

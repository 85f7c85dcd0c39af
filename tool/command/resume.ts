/** `bulkhead resume`. */
import { operate } from './operate.ts'

export default operate('resume')

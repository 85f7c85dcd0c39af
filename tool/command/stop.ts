/** `bulkhead stop`. */
import { operate } from './operate.ts'

export default operate('stop')

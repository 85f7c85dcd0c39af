/** `bulkhead start`. */
import { operate } from './operate.ts'

export default operate('start')

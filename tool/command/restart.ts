/** `bulkhead restart`. */
import { operate } from './operate.ts'

export default operate('restart')

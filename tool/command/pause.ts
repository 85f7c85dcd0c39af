/** `bulkhead pause`. */
import { operate } from './operate.ts'

export default operate('pause')

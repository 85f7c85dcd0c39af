/** What core does for services that drive devices: the other half of src/drive/core.ts and of their own. Under the lock of whoever called
 * the service. */
export { requestDone } from './dispatch'
export { deviceRead, deviceWrite, dmaAddress, dmaCoherent, dmaSize } from './grant'

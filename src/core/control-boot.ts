/** What the control protocol's extension reads out of the bundle. Boot only. */
import { openKey } from './authenticate'
import { openMap } from './board-map'
import { openWire } from './wire'

/** While the bundle's tree and the machine's are mapped. */
export function openControl(): void {
  openMap()
  openKey()
  openWire()
}

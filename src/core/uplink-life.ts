/** The board's network card at boot: the service that drives it begins, and has a port at the switch. Boot only; the bundle's tree is
 * mapped. Without it the VMs run on, and reach each other. */
import { UPLINK_MEMORY, UPLINK_MTU } from '../abi/uplink'
import * as fdt from '../lib/fdt'
import { isEmpty } from '../lib/literal'
import { pair, serviceNode, tree } from './bundle'
import { Granted, grant } from './grant'
import { setShare } from './incoming'
import { uplinkMemorySize } from './link'
import * as log from './log'
import { beginOutside } from './outside'
import { OUTSIDE, Port } from './port'
import { beginPort, keepPorts } from './port-number'
import { mapService, UPLINK } from './service'
import { markMember } from './switch'

const NAME: string = 'uplink'
const SHARE: u32 = 30
const SHARE_MOST: u32 = 90

export function startUplink(): void {
  const problem = open()
  log.begin()
  if (isEmpty(problem)) log.text("the board's network card is up")
  else {
    log.text('networks reach nothing outside: ')
    log.text(problem)
  }
  log.end()
}

/** What is wrong, or '' if nothing is. */
function open(): string {
  if (!mapService(UPLINK, uplinkMemorySize())) return 'no memory for the service that drives the network card'
  switch (grant(UPLINK, NAME, UPLINK_MEMORY, false)) {
    case Granted.Nothing:
      return 'the board has no such network card: attach one (bulkhead run does)'
    case Granted.Legacy:
      return 'its network card is a legacy virtio device: QEMU needs -global virtio-mmio.force-legacy=false'
    case Granted.Taken:
      return "the network card's registers or interrupt are somebody else's"
    case Granted.NoMemory:
      return 'no memory that the network card reaches'
  }
  const index = keepPorts(1)
  if (index < 0) return 'the bundle has too many network devices'
  const at = beginPort(index, OUTSIDE)
  if (!at) return 'no memory for its port'
  const node = serviceNode(NAME)
  const port = changetype<Port>(at)
  port.place = pair(node, 'port', 0)
  port.mac = pair(node, 'port', 1)
  port.mtu = UPLINK_MTU
  markMember(index)
  setShare(max<u32>(min<u32>(fdt.cell(tree, node, 'share', 0, SHARE), SHARE_MOST), 1))
  return beginOutside(index) ? '' : 'the network card does not work'
}

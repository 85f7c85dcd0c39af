/** MAC addresses of VMs of run time: each follows from the names of system and VM, as the tool chooses those of the config's VMs
 * (tool/config/network.ts), and is nobody else's. Under host.lock. */
import { MAX_PORTS } from '../abi/layout'
import { PORT_NAMED } from '../abi/port'
import * as fdt from '../lib/fdt'
import { SHA256_BLOCK, SHA256_WORK, sha256Begin, sha256Finish, sha256Update } from '../lib/sha256'
import { lengthWithin } from '../lib/text'
import { tree, vmNode } from './bundle'
import { PIECES_SIZE, Port, piecesOf, portAt } from './port'
import { isClaimed } from './port-number'
import { NAME_SIZE, nameOf, Vm } from './vm'

const SYSTEM: string = 'system'
/** Of a system's name, which may be its folder's: no file system has longer ones. */
const SYSTEM_MOST: u32 = 256
const MESSAGE_MOST: usize = <usize>SHA256_BLOCK * 5
const MAC: u64 = 0xffff_ffff_ffff
/** IEEE 802, "Universal and local addresses": of the first byte, group and local. */
const KIND: u64 = 3
const LOCAL: u64 = 2
const SPACE: u32 = 0x20
const ZERO: u32 = 0x30

if (SHA256_WORK + MESSAGE_MOST > PIECES_SIZE) ERROR('a name is hashed where a port has its pieces')
if (SYSTEM_MOST + NAME_SIZE + 5 > <u32>MESSAGE_MOST) ERROR('names do not fit the message')

/** SHA-256's first six bytes over "system vm device", made a local address of one station; `device` is below 100. 0: the bundle does not
 * name its system. The port is nobody's yet. */
export function macOfName(port: Port, vm: Vm, device: u32): u64 {
  const property = fdt.property(tree, vmNode(vm.index), SYSTEM)
  const length = property ? fdt.propertySize(property) - 1 : SYSTEM_MOST
  if (length >= SYSTEM_MOST || device >= 100) return 0
  const work = piecesOf(port)
  const message = work + SHA256_WORK
  memory.copy(message, fdt.propertyData(property), length)
  let end = put(message + length, SPACE)
  const own = lengthWithin(nameOf(vm), nameOf(vm) + NAME_SIZE)
  memory.copy(end, nameOf(vm), own)
  end = put(end + own, SPACE)
  if (device >= 10) end = put(end, ZERO + device / 10)
  end = put(end, ZERO + (device % 10))
  hash(work, message, <u64>(end - message))
  return (load<u64>(message) & MAC & ~KIND) | LOCAL
}

function put(at: usize, ch: u32): usize {
  store<u8>(at, <u8>ch)
  return at + 1
}

/** The hash stands where the message began. */
function hash(work: usize, message: usize, length: u64): void {
  const whole = length & ~(SHA256_BLOCK - 1)
  sha256Begin(work)
  sha256Update(work, <u64>message, whole)
  sha256Finish(work, <u64>message + whole, <u32>(length - whole), length, message)
}

/** Whether another port has its address: in its network; and anywhere, if the config did not give it. */
export function isTaken(port: Port): bool {
  for (let i: u32 = 0; i < <u32>MAX_PORTS; i++) {
    const other = portAt(i)
    if (!isClaimed(i) || other === port || other.isSocket || other.mac !== port.mac) continue
    if (<u32>port.place & PORT_NAMED || other.place >> 32 === port.place >> 32) return true
  }
  return false
}

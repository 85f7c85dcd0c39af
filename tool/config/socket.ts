/** Addresses of socket devices. Virtio 1.2, "Socket Device", "Addressing". */
import type { VirtioDevice } from './device.ts'

/** Those below are reserved, or the host's. */
export const CID_LEAST = 3
/** The largest 32-bit number is nobody's: it stands for any. */
export const CID_MOST = 0xffff_fffe

/** With the address that it gets where the config says none. */
export function withCid(device: VirtioDevice, vm: number): VirtioDevice {
  return device.virtio === 'socket' ? { cid: CID_LEAST + vm, ...device } : device
}

/** A GICv3 VM's distributor, opened for interrupts, and where its registers are. */
import { FakeVmm } from './vmm.ts'

export const GICD = 0x0800_0000
export const SGI_BASE = 0x080b_0000
export const STRIDE = 0x2_0000
export const ISENABLER = 0x100
export const ICENABLER = 0x180
export const ISPENDR = 0x200
export const ICPENDR = 0x280
export const ISACTIVER = 0x300
export const ICACTIVER = 0x380
export const NONE = 1023

/** Private interrupts enabled at priority 0, SPIs 32 to 63 enabled at priority 8 * n. */
export function opened(listRegisters = 4, vcpus = 1): FakeVmm {
  const vmm = new FakeVmm({ listRegisters, vcpus })
  vmm.write(GICD, 3)
  vmm.write(GICD + ISENABLER + 4, 0xffff_ffff)
  for (let vcpu = 0; vcpu < vcpus; vcpu++) vmm.write(SGI_BASE + vcpu * STRIDE + ISENABLER, 0xffff_ffff)
  for (let n = 0; n < 32; n++) vmm.write(GICD + 0x420 + n, n * 8, 1)
  return vmm
}

/** ISPENDR for SPIs 32 to 63. */
export function pend(vmm: FakeVmm, bits: number): void {
  vmm.write(GICD + ISPENDR + 4, bits)
}

/** ICC_SGI1R_EL1 for SGI `intid` to a list of vCPUs. */
export function sgi(intid: number, targets: number): bigint {
  return (BigInt(intid) << 24n) | BigInt(targets)
}

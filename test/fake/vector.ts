/** What boot/vectors.S and the C runtime do: which of core's exports an exception calls, and where one goes on after a fault. */
import { TRAP_MEMORY } from '../../src/abi/compartment.ts'
import { IMAGE_VA } from '../../src/abi/layout.ts'
import { CompartmentTrap } from './compartment.ts'
import type { Core } from './machine.ts'
import { IMAGE } from './mmu.ts'
import { VcpuRecord } from './vcpu-record.ts'

/** In the text of the fake image, by IMAGE's layout. */
export const CORE_PC = BigInt(IMAGE_VA + 0x100)
export const VMM_PC = BigInt(IMAGE_VA + 0x2100)
export const HOST_PC = BigInt(IMAGE_VA + 0x4100)
export const FILE_VA = BigInt(IMAGE_VA + IMAGE.rodata)
/** Text of bulk memory routines, which serve every module. */
const NOBODYS_PC = BigInt(IMAGE_VA + 0x6100)
/** tool/compile/model.ts. */
export const HOST_MODULE = 3
export const NET_MODULE = 4
export const STORAGE_MODULE = 5
export const UPLINK_MODULE = 6
/** src/core/way-back.ts. */
export const CONTINUE = 1
/** Data abort from the current EL, translation fault. */
const EL2_ABORT = 0x9600_0046n

/** Which of core's exports boot/vectors.S calls. */
export function synchronous(core: Core, vcpu: number, esr: bigint): number {
  const call = (name: string, ...values: (number | bigint)[]) => Number(core[name]!(...values))
  const code = Number(esr >> 26n)
  const immediate = Number(esr & 0xffffn)
  if (code === 0x16 && immediate === 0) return call('onHypercall', vcpu)
  const pc = new VcpuRecord(core.memory, vcpu).elr
  const hasSyndrome = ((esr >> 24n) & 3n) === 3n
  if (code === 0x24 && hasSyndrome) return call('onDataAbort', vcpu, esr, pc)
  if (code === 0x18) return call('onSystemRegister', vcpu, esr, pc)
  if (code === 0x17 && immediate === 0) return call('onHypercall', call('onSmc', vcpu))
  return call('onSync', vcpu, esr, pc)
}

/** An interrupt, on a vCPU's way out of its guest. */
export function interrupted(core: Core, vcpu: number): number {
  return Number(core.onIrq!(vcpu, 0n, new VcpuRecord(core.memory, vcpu).elr))
}

/** Runs core until it has a guest to enter. Traps and faults of a compartment start it anew. */
export function untilGuest(core: Core, first: () => number): number {
  for (let call = first; ; ) {
    try {
      return call()
    } catch (error) {
      if (!(error instanceof CompartmentTrap)) throw error
      call = () => report(core, error)
    }
  }
}

function report(core: Core, { code, address }: CompartmentTrap): number {
  if (code === TRAP_MEMORY) return core.onFault(EL2_ABORT, VMM_PC, address, 0n)
  return core.onTrap(1, code, FILE_VA, 42, VMM_PC)
}

/** A fault of a service in a guarded call; `module` is host's or net's number. */
export function reportService(core: Core, module: number, { code, address }: CompartmentTrap): void {
  const pc = module === HOST_MODULE ? HOST_PC : NOBODYS_PC
  if (code !== TRAP_MEMORY) core.onServiceTrap!(module, code, FILE_VA, 42, pc)
  else if (!core.onServiceFault!(EL2_ABORT, pc, address, 0n)) throw new Error('core takes the fault for its own')
}

/** What core does for a compartment alone on the desk: the other half of src/vmm/core.ts. */
import { diskServices } from './disk.ts'
import { portServices } from './port.ts'
import type { FakeVmm } from './vmm.ts'
import { volumeServices } from './volume.ts'

/** ICH_LR<n>_EL2. */
const HW = 1n << 61n
const PHYSICAL = 0x3ffn << 32n
const EOI = 1n << 41n
const RAM = 0x4000_0000n
const RAM_SIZE = 0x1000_0000n

function linked(vmm: FakeVmm, lr: bigint): bigint {
  const value = BigInt.asUintN(64, lr)
  return vmm.links || !(value & HW) ? value : (value & ~(HW | PHYSICAL)) | EOI
}

export function coreServices(vmm: FakeVmm) {
  return {
    lrRead: (i: number) => vmm.here.read(i),
    lrWrite: (i: number, lr: bigint) => vmm.here.write(i, linked(vmm, lr)),
    lrRefill: (i: number, lr: bigint) => {
      if (!((vmm.here.empty() >>> i) & 1)) return 0
      vmm.here.write(i, linked(vmm, lr))
      return 1
    },
    lrEmpty: () => vmm.here.empty(),
    lrEnded: () => vmm.here.ended(),
    gicControl: (bits: number) => {
      vmm.here.control = bits
    },
    gicStatus: () => vmm.here.status(),
    gicEoiCount: () => vmm.here.takeEoiCount(),
    timerLine: (intid: number) => (vmm.lines[vmm.current]!.has(intid) ? 1 : 0),
    deactivate: (intid: number) => {
      if (!vmm.physical[vmm.current]!.delete(intid) && !vmm.activeSpis.delete(intid))
        throw new Error(`INTID ${intid} is not active`)
    },
    kick: (vcpus: number) => {
      for (let vcpu = 0; vcpu < 32; vcpu++) if ((vcpus >>> vcpu) & 1) vmm.kicked.add(vcpu)
    },
    wakeAt: (count: bigint) => {
      const wish = BigInt.asUintN(64, count)
      if (vmm.alarm === undefined || wish < vmm.alarm) vmm.alarm = wish
    },
    again: () => void vmm.kicked.add(vmm.current),
    diskStored: (index: number) => (vmm.volumes[index] ? 1 : 0),
    ...diskServices(
      vmm.disks.map((disk, i) => vmm.volumes[i] ?? disk),
      () => vmm.ram,
    ),
    ...volumeServices(vmm.volumes, () => vmm.ram),
    ...portServices(vmm.ports, () => vmm.ram),
    ...vmm.gpio.services,
    sharedFigure: (index: number, which: number) => vmm.shared[index]?.figures[which] ?? 0,
    sharedSetState: (index: number, state: number) => void vmm.shared[index]?.states.push(state >>> 0),
    sharedRing: (index: number, target: number) => void vmm.shared[index]?.rings.push(target),
    sharedRung: (index: number) => (vmm.shared[index]?.isRung ? 1 : 0),
    sharedTake: (index: number) => {
      if (vmm.shared[index]) vmm.shared[index].isRung = false
    },
    balloonWish: () => vmm.balloonWish,
    ramTakeOut: (ipa: bigint, count: number) => void vmm.moved.push(['out', Number(ipa), count]),
    ramPutBack: (ipa: bigint, count: number) => void vmm.moved.push(['back', Number(ipa), count]),
    entropy: () => vmm.entropy++ * 0x9e37_79b9_7f4a_7c15n,
    vcpuOn: (vcpu: number, entry: bigint, context: bigint) => vmm.power.push(`on ${vcpu} ${entry} ${context}`),
    vcpuOff: () => vmm.power.push(`off ${vmm.current}`),
    vcpuSuspend: (entry: bigint, context: bigint, powerDown: number) =>
      vmm.power.push(`suspend ${entry} ${context} ${powerDown}`),
    vmStop: (action: number) => vmm.power.push(`stop ${action}`),
    vmAlive: () => vmm.power.push('alive'),
    vmHang: (why: number) => vmm.power.push(`hang ${why}`),
    ramContains: (ipa: bigint) => (BigInt.asUintN(64, ipa - RAM) < RAM_SIZE ? 1 : 0),
    setX: () => undefined,
    stolenAt: () => vmm.stolenAt,
    statistic: (which: number) => vmm.statistics.get(which) ?? -1n,
    refuse: () => void vmm.refusals++,
    consolePut: (ch: number) => {
      if (vmm.room === 0) return 0
      vmm.room--
      vmm.output += String.fromCharCode(ch)
      return 1
    },
    consoleWrite: (bytes: bigint, count: number) => {
      const taken = Math.min(count, vmm.room)
      vmm.room -= taken
      for (let i = 0; i < taken; i++) vmm.output += String.fromCharCode(Number((bytes >> BigInt(8 * i)) & 0xffn))
      return taken
    },
    terminalPort: () => vmm.terminalPort,
    terminalSize: () => vmm.terminalSize,
    controlReset: () => {
      vmm.control = { resets: vmm.control.resets + 1, written: '', waiting: '' }
    },
    controlWrite: (bytes: bigint, count: number) => {
      for (let i = 0; i < count; i++)
        vmm.control.written += String.fromCharCode(Number((bytes >> BigInt(8 * i)) & 0xffn))
    },
    controlRead: () => {
      const piece = vmm.control.waiting.slice(0, 7)
      vmm.control.waiting = vmm.control.waiting.slice(piece.length)
      const word = Buffer.alloc(8)
      word.write(piece, 'latin1')
      word[7] = piece.length
      return word.readBigUInt64LE()
    },
    consoleReady: () => void vmm.readies++,
    counter: () => vmm.count,
    frequency: () => 1_000_000,
    epoch: () => vmm.epoch,
  }
}

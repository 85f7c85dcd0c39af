/** Power of one VM's vCPUs as DEN 0022 describes it: "CPU_ON", "CPU_OFF", "AFFINITY_INFO", and what a caller may see of races. */
import {
  PSCI_AFFINITY_OFF,
  PSCI_AFFINITY_ON,
  PSCI_AFFINITY_ON_PENDING,
  PSCI_ALREADY_ON,
  PSCI_ON_PENDING,
  PSCI_SUCCESS,
} from '../../src/arch/psci.ts'

export type Call =
  | { what: 'on'; target: number }
  | { what: 'info'; target: number }
  | { what: 'off' | 'suspend' | 'powerOff' | 'reset' }

/** What x0 must be after a call; undefined where it does not return, or the VM has ended and nobody will know. */
export type Answer = number | undefined

export class PsciModel {
  /** AFFINITY_INFO's answer for each vCPU. */
  readonly power: number[]
  /** Where and with what the one that was turned on last is to begin: its number of CPU_ON calls that succeeded. */
  readonly begins: number[]
  /** In CPU_SUSPEND until its CPU has an interrupt. */
  readonly sleeps: boolean[]
  /** SYSTEM_OFF, SYSTEM_RESET, or the last CPU_OFF: it starts anew, and nothing that is asked meanwhile counts. */
  hasEnded = false

  constructor(count: number) {
    this.power = Array.from({ length: count }, (_, vcpu) => (vcpu === 0 ? PSCI_AFFINITY_ON : PSCI_AFFINITY_OFF))
    this.begins = this.power.map(() => 0)
    this.sleeps = this.power.map(() => false)
  }

  call(vcpu: number, call: Call): Answer {
    if (this.hasEnded) return undefined
    switch (call.what) {
      case 'on':
        return this.#on(call.target)
      case 'info':
        return this.power[call.target]!
      case 'off':
        this.power[vcpu] = PSCI_AFFINITY_OFF
        this.hasEnded = this.power.every((power) => power === PSCI_AFFINITY_OFF)
        return undefined
      case 'suspend':
        this.sleeps[vcpu] = true
        return PSCI_SUCCESS
      case 'powerOff':
      case 'reset':
        this.hasEnded = true
        return undefined
    }
  }

  /** The vCPU's CPU has taken its interrupt: what CPU_ON promised has happened, what slept is awake. */
  interrupt(vcpu: number): void {
    if (this.hasEnded) return
    this.sleeps[vcpu] = false
    if (this.power[vcpu] === PSCI_AFFINITY_ON_PENDING) this.power[vcpu] = PSCI_AFFINITY_ON
  }

  /** It executes its guest's instructions. */
  runs(vcpu: number): boolean {
    return this.power[vcpu] === PSCI_AFFINITY_ON && !this.sleeps[vcpu]
  }

  #on(target: number): number {
    if (this.power[target] === PSCI_AFFINITY_ON) return PSCI_ALREADY_ON
    if (this.power[target] === PSCI_AFFINITY_ON_PENDING) return PSCI_ON_PENDING
    this.power[target] = PSCI_AFFINITY_ON_PENDING
    this.begins[target]! += 1
    return PSCI_SUCCESS
  }
}

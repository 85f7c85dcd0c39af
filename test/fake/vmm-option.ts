/** What a test may ask of a VM's pretended core: GIC, vCPUs, devices, disks. */
import type { FakeDisk } from './disk.ts'
import type { FakePortOptions } from './port.ts'

export interface FakeVmmOptions {
  version?: 2 | 3
  vcpus?: number
  listRegisters?: number
  devices?: number
  /** False: core gives list registers EOI where HW was asked for, as it must on a GIC whose links are broken. */
  links?: boolean
  /** Virtio device types, from slot 0 on. */
  slots?: number[]
  disks?: FakeDisk[]
  /** Of its network devices. */
  ports?: FakePortOptions[]
  /** As in src/abi/setting.ts. */
  settings?: bigint[]
  /** GPIO lines that the VM has. */
  lines?: number
  /** RAM that device models reach, from 0x4000_0000 on. */
  ram?: number
  /** Each call gets as many loop turns as on the board. */
  fueled?: boolean
}

/** The board's CPUs as its DTB lists them, and how each is started. Boot only. */
import * as hw from '../hw'
import * as fdt from '../lib/fdt'
import { setCpuCount } from './cpu'

const MOST: u32 = 16
/** MPIDR_EL1: Aff3 to Aff0. */
const AFFINITY: u64 = 0xff_00ff_ffff

/** By CPU number, which is the DTB's order, but for CPU 0: that is the one that boots, wherever the tree lists it. */
const mpidrs = memory.data(16 * 8, 8)
const releases = memory.data(16 * 8, 8)

export function mpidrOf(cpu: u32): u64 {
  return load<u64>(mpidrs + ((<usize>cpu) << 3))
}

/** Physical address of the word that lets the CPU out of its spin loop; 0: PSCI starts it. */
export function releaseOf(cpu: u32): u64 {
  return load<u64>(releases + ((<usize>cpu) << 3))
}

/** The children of `/cpus`. Devicetree Specification, "/cpus/cpu* Node Properties". */
export function readCpus(dtb: usize, cpus: usize): void {
  let count: u32 = 0
  const size = fdt.cell(dtb, cpus, '#address-cells', 0, 1)
  for (let node = fdt.firstChild(dtb, cpus); node && count < MOST; node = fdt.nextSibling(dtb, node)) {
    if (!fdt.listHolds(dtb, node, 'device_type', 'cpu')) continue
    const reg = fdt.property(dtb, node, 'reg')
    if (!reg || fdt.propertySize(reg) < size << 2) continue
    set(count, fdt.cells(fdt.propertyData(reg), size > 2 ? 2 : size), releaseIn(dtb, node))
    count++
  }
  setCpuCount(count)
  putFirst(hw.mpidr_el1() & AFFINITY, count)
}

function releaseIn(dtb: usize, node: usize): u64 {
  if (!fdt.listHolds(dtb, node, 'enable-method', 'spin-table')) return 0
  const at = fdt.property(dtb, node, 'cpu-release-addr')
  const size = at ? fdt.propertySize(at) : 0
  const release = size == 4 || size == 8 ? fdt.cells(fdt.propertyData(at), size >> 2) : 0
  return release & 7 ? 0 : release
}

function putFirst(mpidr: u64, count: u32): void {
  for (let i: u32 = 1; i < count; i++) {
    if (mpidrOf(i) !== mpidr) continue
    set(i, mpidrOf(0), releaseOf(0))
    set(0, mpidr, 0)
  }
}

function set(cpu: u32, mpidr: u64, release: u64): void {
  store<u64>(mpidrs + ((<usize>cpu) << 3), mpidr)
  store<u64>(releases + ((<usize>cpu) << 3), release)
}

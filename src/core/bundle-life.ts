/** How a VM lives, out of its node in the bundle (doc/bundle.md). Boot only. */
import { REACT_START, REACT_STOP } from '../abi/life'
import * as hw from '../hw'
import * as fdt from '../lib/fdt'
import { Vm, vmCount } from './vm'

const MILLISECONDS: u64 = 1000

export function readLife(tree: usize, node: usize, vm: Vm): void {
  vm.onCrash = reaction(tree, node, 0)
  vm.onReset = reaction(tree, node, 1)
  vm.onOff = reaction(tree, node, 2)
  vm.onLimit = reaction(tree, node, 3)
  vm.restartLimit = fdt.cell(tree, node, 'restart-limit', 0, 0)
  vm.backoff = (<u64>fdt.cell(tree, node, 'backoff', 0, 0) * hw.cntfrq_el0()) / MILLISECONDS
  vm.after = fdt.cell(tree, node, 'after', 0, 0)
  vm.awaits = fdt.cell(tree, node, 'awaits', 0, 0)
  vm.patience = fdt.cell(tree, node, 'patience', 0, 0)
  vm.isWanted = fdt.cell(tree, node, 'autostart', 0, 1)
  vm.isCritical = fdt.cell(tree, node, 'critical', 0, 0)
}

/** REACT_*; one that names a VM that there is not is none. */
function reaction(tree: usize, node: usize, index: u32): u32 {
  const code = fdt.cell(tree, node, 'on-end', index, REACT_STOP)
  return code < <u32>REACT_START + vmCount ? code : REACT_STOP
}

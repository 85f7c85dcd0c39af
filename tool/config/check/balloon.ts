/** A balloon takes pages out of blocks of 2 MiB, and leaves what its VM is to keep. */
import { BLOCK_SIZE, PAGE_SIZE } from '../../../src/abi/layout.ts'
import type { Problem } from '../../ui/failure.ts'
import { alignUp, sizeText } from '../../ui/number.ts'
import { balloonOf } from '../device.ts'
import { sizeLiteral } from '../size.ts'
import type { Vm } from '../system.ts'

export function checkBalloons(vms: readonly Vm[]): Problem[] {
  return vms.flatMap((vm) => {
    const bytes = balloonOf(vm)
    return bytes === undefined ? [] : [...memoryProblem(vm), ...targetProblem(vm, vm.memory - bytes)]
  })
}

function memoryProblem({ index, memory }: Vm): Problem[] {
  if (memory % BLOCK_SIZE === 0) return []
  const reason = `${sizeText(memory)} are not whole blocks of 2 MiB, as a balloon needs them`
  return [{ path: `vms[${index}].memory`, reason, remedy: `write ${sizeLiteral(alignUp(memory, BLOCK_SIZE))}` }]
}

function targetProblem({ index, memory }: Vm, target: number): Problem[] {
  if (target <= memory && target % PAGE_SIZE === 0) return []
  const reason =
    target > memory
      ? `the balloon's target of ${sizeText(target)} is more than the VM has`
      : `the balloon's target of ${target} bytes is not whole pages`
  const remedy = `write at most ${sizeLiteral(memory)}, a multiple of 4 KiB`
  return [{ path: `vms[${index}].devices`, reason, remedy }]
}

/** Bytes of RAM beside the VM's: a table for each block (src/core/balloon.ts). */
export function balloonRam(vm: Pick<Vm, 'virtio' | 'memory'>): number {
  return balloonOf(vm) === undefined ? 0 : (vm.memory / BLOCK_SIZE) * PAGE_SIZE
}

/** The board can be had in the size and kind that the config asks for. */
import type { Problem } from '../../ui/failure.ts'
import { sizeText } from '../../ui/number.ts'
import type { GicVersion } from '../board.ts'
import { sizeLiteral } from '../size.ts'
import type { Machine } from '../system.ts'

const RAM_STEP = 0x10_0000

export function checkBoard(machine?: Machine): Problem[] {
  if (!machine) return []
  const { board, cores, ramSize, gic } = machine
  const found: Problem[] = []
  if (!board.gic.versions.includes(gic)) {
    const remedy = `it has GICv${board.gic.versions.join(' or GICv')}`
    found.push({ path: 'board.gic', reason: `${board.name} has no GICv${gic}`, remedy })
  }
  found.push(...checkGicCores(machine, gic))
  if (cores > board.cores.most) {
    const remedy = `write at most ${board.cores.most}`
    found.push({ path: 'board.cpus', reason: `${board.name} cannot have ${cores} cores`, remedy })
  }
  if (ramSize > board.ram.most) {
    const remedy = `write at most ${sizeLiteral(board.ram.most)}`
    found.push({ path: 'board.memory', reason: `${board.name} cannot have ${sizeText(ramSize)} of RAM`, remedy })
  } else if (ramSize < 16 * RAM_STEP || ramSize % RAM_STEP !== 0) {
    const remedy = "write a multiple of '1M', at least '16M'"
    found.push({ path: 'board.memory', reason: `${sizeText(ramSize)} is no board's RAM`, remedy })
  }
  return found
}

/** Also for `--gic`, which replaces the config's choice. */
export function checkGicCores({ board, cores }: Machine, gic: GicVersion): Problem[] {
  const most = board.gic.most[gic]
  if (cores <= most || cores > board.cores.most) return []
  return [{ path: 'board.cpus', reason: `a GICv${gic} serves ${most} cores, not ${cores}`, remedy: `write ${most}` }]
}

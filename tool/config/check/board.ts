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
  const found = checkGic(machine, gic)
  if (board.cores.count === board.cores.most && cores !== board.cores.count) {
    const remedy = "leave 'cpus' out; what no VM names stays free"
    found.push({ path: 'board.cpus', reason: `${board.name} has ${board.cores.count} cores, not ${cores}`, remedy })
  } else if (cores > board.cores.most) {
    const remedy = `write at most ${board.cores.most}`
    found.push({ path: 'board.cpus', reason: `${board.name} cannot have ${cores} cores`, remedy })
  }
  if (board.ram.sizes && !board.ram.sizes.includes(ramSize)) {
    const remedy = `write ${listed(board.ram.sizes.map(sizeLiteral))}`
    found.push({ path: 'board.memory', reason: `there is no ${board.name} with ${sizeText(ramSize)} of RAM`, remedy })
  } else if (ramSize > board.ram.most) {
    const remedy = `write at most ${sizeLiteral(board.ram.most)}`
    found.push({ path: 'board.memory', reason: `${board.name} cannot have ${sizeText(ramSize)} of RAM`, remedy })
  } else if (ramSize < 16 * RAM_STEP || ramSize % RAM_STEP !== 0) {
    const remedy = "write a multiple of '1M', at least '16M'"
    found.push({ path: 'board.memory', reason: `${sizeText(ramSize)} is no board's RAM`, remedy })
  }
  return found
}

/** Also for `--gic`, which replaces the config's choice. */
export function checkGic({ board, cores }: Machine, gic: GicVersion): Problem[] {
  if (!board.gic.versions.includes(gic)) {
    const remedy = `it has GICv${board.gic.versions.join(' or GICv')}`
    return [{ path: 'board.gic', reason: `${board.name} has no GICv${gic}`, remedy }]
  }
  const most = board.gic.most[gic] ?? board.cores.most
  if (cores <= most || cores > board.cores.most) return []
  return [{ path: 'board.cpus', reason: `a GICv${gic} serves ${most} cores, not ${cores}`, remedy: `write ${most}` }]
}

/** 'a, b or c' */
function listed(names: readonly string[]): string {
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${names.at(-1)}` : names.join('')
}

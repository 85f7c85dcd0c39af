/**
 * Bounds every loop of a compartment: 256 turns cost one unit of the mutable global `fuel`, which core's glue fills
 * before each call; an empty tank calls `env.fuel`, which never returns. Without recursion, every call ends.
 *
 * Each loop counts its turns in a local of its own, so a turn costs an add and a test, and clang drops both where
 * it knows that a loop is short. The first turn pays, so many short loops run dry like one long one.
 */
import binaryen from 'binaryen'
import { functionsOf, walk } from './wasm-walk.ts'

export const FUEL_GLOBAL = 'fuel'
export const FUEL_IMPORT = { module: 'env', name: 'fuel' }
const TURNS_PER_UNIT = 256
/** What an instance holds before anyone fills it: on the desk nobody does. */
const UNFILLED = -1

/** binaryen.js's own functions for what its wrapper does not offer. */
const raw = binaryen as unknown as {
  _BinaryenFunctionAddVar(func: number, type: number): number
  _BinaryenLoopSetBody(loop: number, body: number): void
}

export function addFuel(module: binaryen.Module): void {
  let loops = 0
  for (const info of functionsOf(module)) {
    const func = module.getFunction(info.name)
    walk(info.body, (instruction, loop) => {
      if (instruction.id !== binaryen.LoopId) return
      const turns = raw._BinaryenFunctionAddVar(func, binaryen.i32)
      const { body } = instruction as binaryen.LoopInfo
      raw._BinaryenLoopSetBody(loop, module.block(null, [...countTurn(module, turns), body], binaryen.auto))
      loops++
    })
  }
  if (loops === 0) return
  module.addGlobal(FUEL_GLOBAL, binaryen.i32, true, module.i32.const(UNFILLED))
  module.addFunctionImport(FUEL_GLOBAL, FUEL_IMPORT.module, FUEL_IMPORT.name, binaryen.none, binaryen.none)
}

function countTurn(module: binaryen.Module, turns: number): number[] {
  const { i32, local, global } = module
  const read = () => local.get(turns, binaryen.i32)
  const fuel = () => global.get(FUEL_GLOBAL, binaryen.i32)
  const stop = module.block(null, [module.call(FUEL_GLOBAL, [], binaryen.none), module.unreachable()])
  const pay = module.block(null, [
    module.if(i32.eqz(fuel()), stop),
    global.set(FUEL_GLOBAL, i32.sub(fuel(), i32.const(1))),
  ])
  return [
    module.if(i32.eqz(i32.and(read(), i32.const(TURNS_PER_UNIT - 1))), pay),
    local.set(turns, i32.add(read(), i32.const(1))),
  ]
}

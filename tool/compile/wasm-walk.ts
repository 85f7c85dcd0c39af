/** Visits every instruction of a function in binaryen's tree. */
import binaryen from 'binaryen'

/** Fields of binaryen's instruction records that hold other instructions, or lists of them. */
const OPERANDS = [
  ...['children', 'operands', 'body', 'condition', 'ifTrue', 'ifFalse', 'value', 'target', 'ptr', 'left', 'right'],
  ...['dest', 'source', 'size', 'delta', 'expected', 'replacement', 'timeout', 'notifyCount'],
]

export type Visit = (info: binaryen.ExpressionInfo, expression: number) => void

/** Children first. A missing operand (an `if` without `else`) is 0. */
export function walk(expression: number, visit: Visit): void {
  if (expression === 0) return
  const info = infoOf(expression)
  for (const operand of operands(info)) walk(operand, visit)
  visit(info, expression)
}

/** binaryen.js has no record for the two instructions without fields. */
function infoOf(expression: number): binaryen.ExpressionInfo {
  const id = binaryen.getExpressionId(expression)
  if (id !== binaryen.NopId && id !== binaryen.UnreachableId) return binaryen.getExpressionInfo(expression)
  return { id, type: binaryen.getExpressionType(expression) }
}

function operands(info: binaryen.ExpressionInfo): number[] {
  if (info.id === binaryen.ConstId) return []
  const fields = info as unknown as Record<string, unknown>
  return OPERANDS.flatMap((name) => fields[name]).filter((field): field is number => typeof field === 'number')
}

/** The module's own functions, in order, without its imports. */
export function functionsOf(module: binaryen.Module): binaryen.FunctionInfo[] {
  const all = Array.from({ length: module.getNumFunctions() }, (_, i) => module.getFunctionByIndex(i))
  return all.map((ref) => binaryen.getFunctionInfo(ref)).filter((info) => !info.base)
}

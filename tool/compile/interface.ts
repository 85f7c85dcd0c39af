/** Reads a module's interface from its binary. */
import binaryen from 'binaryen'
import type { Interface, Signature, ValueType } from './signature.ts'

export function interfaceOf(module: binaryen.Module): Interface {
  const functions = Array.from({ length: module.getNumFunctions() }, (_, i) =>
    binaryen.getFunctionInfo(module.getFunctionByIndex(i)),
  )
  const imports = functions
    .filter((info) => info.base)
    .map((info) => ({ module: info.module ?? '', name: info.base ?? '', ...signatureOf(info) }))
  const exports: Record<string, Signature> = {}
  for (let i = 0; i < module.getNumExports(); i++) {
    const { kind, name, value } = binaryen.getExportInfo(module.getExportByIndex(i))
    if (kind !== binaryen.ExternalFunction) continue
    const target = functions.find((info) => info.name === value)
    if (target) exports[name] = signatureOf(target)
  }
  return { imports, exports }
}

function signatureOf(info: binaryen.FunctionInfo): Signature {
  return {
    params: binaryen.expandType(info.params).map(nameOf),
    result: binaryen.expandType(info.results).map(nameOf)[0],
  }
}

/** Floats never get here: the audit has refused them. */
function nameOf(type: binaryen.Type): ValueType {
  return type === binaryen.i64 ? 'i64' : 'i32'
}

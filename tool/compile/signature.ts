/** What a module asks for and offers: its imports and exports with their signatures. */
export type ValueType = 'i32' | 'i64'

export interface Signature {
  params: ValueType[]
  result: ValueType | undefined
}

export interface Import extends Signature {
  module: string
  name: string
}

export interface Interface {
  imports: Import[]
  exports: Record<string, Signature>
}

/** `(i32, i64) -> i32`, for messages. */
export function describe(signature: Signature): string {
  return `(${signature.params.join(', ')}) -> ${signature.result ?? 'void'}`
}

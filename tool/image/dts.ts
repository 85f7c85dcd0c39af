/** Device tree source, piece by piece: nodes, properties, numbers. Devicetree Specification, "DTS". */

/** Interrupt specifiers: Linux, Documentation/devicetree/bindings/interrupt-controller/arm,gic-v3.yaml. */
export const SPI = 0
export const PPI = 1
export const SPI_BASE = 32
export const PPI_BASE = 16
export const LEVEL_HIGH = 4
export const EDGE_RISING = 1

export function node(
  name: string,
  properties: (string | false | undefined)[],
  depth = 1,
  children: string[] = [],
): string {
  const indent = '\t'.repeat(depth)
  const lines = properties.filter((line) => typeof line === 'string').map((line) => `${indent}\t${line};\n`)
  return `${indent}${name} {\n${lines.join('')}${children.length ? `\n${children.join('\n')}` : ''}${indent}};\n`
}

export function at(name: string, address: number): string {
  return `${name}@${address.toString(16)}`
}

export function reg(...ranges: [address: number, size: number][]): string {
  return `reg = ${ranges.map(([address, size]) => `<${cells(address)} ${cells(size)}>`).join(', ')}`
}

/** A 64-bit number as two cells. */
export function cells(value: number): string {
  return `${hexCell(Math.floor(value / 2 ** 32))} ${hexCell(value % 2 ** 32)}`
}

export function hexCell(value: number): string {
  return `0x${value.toString(16)}`
}

/** A DTS string; the config admits printable ASCII only. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** Numbers as people read them: sizes in binary units, addresses in hexadecimal. */

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

export function sizeText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit++
  }
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${UNITS[unit]}`
}

export function hex(value: number): string {
  return `0x${value.toString(16)}`
}

/** `0x40000000..0x4fffffff` */
export function rangeText(start: number, size: number): string {
  return `${hex(start)}..${hex(start + Math.max(size, 1) - 1)}`
}

export function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment
}

export function alignDown(value: number, alignment: number): number {
  return Math.floor(value / alignment) * alignment
}

/** Boots what must be refused. */
import { Machine, type MachineOptions } from './machine.ts'

/** The one line that says why nothing runs, without its first word. */
export function refusal(options: MachineOptions, dtb?: number, bend: (machine: Machine) => void = () => {}): string {
  const machine = new Machine(options)
  bend(machine)
  machine.boot(dtb)
  const { lines } = machine
  if (machine.cpus.some(({ running }) => running)) throw new Error(`a guest runs: ${lines.join('\n')}`)
  const stops = lines.filter((line) => line.includes('stop: '))
  if (stops.length !== 1 || lines.at(-1) !== stops[0]) throw new Error(`not one last line: ${lines.join('\n')}`)
  const said = /^(?:bulkhead \| )?stop: ([^;]+; [^;]+)$/.exec(stops[0])
  if (!said) throw new Error(`not a reason and a remedy: ${stops[0]}`)
  return said[1]!
}

/** `bulkhead run`: build, boot in QEMU, and end with an exit code that a CI job can use. */

import { join } from 'node:path'
import { type ArgsDef, defineCommand } from 'citty'
import type { GicVersion } from '../config/board.ts'
import { checkRam } from '../config/check/memory.ts'
import { isTemplate } from '../config/check/template.ts'
import { shown } from '../config/project.ts'
import { linePath, socketPath } from '../control/socket.ts'
import { bundleSize } from '../image/bundle.ts'
import { GDB_PORT, QEMU, type QemuOptions, qemuArguments, shellLine } from '../qemu/arguments.ts'
import { debianDeviceTree } from '../setup/debian.ts'
import { ConfigError, EXIT, UserError } from '../ui/failure.ts'
import { sizeText } from '../ui/number.ts'
import { checkOptions, every, pattern, seconds } from '../ui/option.ts'
import { say, silence } from '../ui/step.ts'
import { CONFIG } from './argument.ts'
import { boot } from './boot.ts'
import { diskOptions } from './disk.ts'
import { guestSymbols } from './guest-symbol.ts'
import { hypervisor } from './hypervisor.ts'
import { type Prepared, pack, prepare } from './prepare.ts'
import { netOf } from './uplink.ts'

const args = {
  config: CONFIG,
  'dry-run': { type: 'boolean', description: 'Print the QEMU command and do nothing else' },
  gdb: { type: 'boolean', description: `Wait for a debugger on port ${GDB_PORT} before the first instruction` },
  timeout: { type: 'string', valueHint: 'S', description: 'End after S seconds, exit code 124' },
  until: {
    type: 'string',
    valueHint: 'REGEX',
    description: 'End with 0 once a console line (name | text) matches; given several times, once each has',
  },
  log: {
    type: 'string',
    valueHint: 'DIR',
    description: 'Write the console to DIR/<vm>.log, bulkhead.log, console.log',
  },
  icount: { type: 'boolean', description: 'Count instructions as time: one tick of the counter each' },
  gic: { type: 'enum', options: ['2', '3'], description: "GIC version, instead of the config's" },
  net: {
    type: 'string',
    valueHint: 'user|tap:IFNAME',
    description: "What stands behind the board's network card, for a system with an uplink; by default 'user'",
  },
  forward: {
    type: 'string',
    valueHint: 'tcp:PORT:IP:PORT',
    description: "A port of this machine's loopback that leads to a VM's, with --net user; may be given several times",
  },
  disk: { type: 'string', valueHint: 'FILE', description: "The board's disk, instead of the config's file" },
  json: { type: 'boolean', description: 'Print console lines and the end as JSON, one object a line' },
} satisfies ArgsDef

export const EXIT_CODES = `EXIT CODES

  0    every --until has matched, or all guests have powered off
  1    the config, the sources or the command line are wrong
  2    a bug in this tool
  3    a VM crashed before the end, or the hypervisor could not start
  4    all guests have ended before --until matched
  124  --timeout is over
  125  QEMU is missing or failed
  130  interrupted`

export default defineCommand({
  meta: { name: 'run', description: 'Build a system and boot it in QEMU' },
  args,
  async run({ args: options, rawArgs }) {
    checkOptions(rawArgs, args)
    const until = every(rawArgs, 'until').map((text) => pattern(text, '--until'))
    const timeout = seconds(options.timeout, '--timeout')
    if (options.json) silence()
    const prepared = await prepare(options.config, options.gic ? (Number(options.gic) as GicVersion) : undefined)
    const { machine, name, vms, control } = prepared.system
    checkQemu(prepared)
    const net = netOf(prepared.system, options.net, every(rawArgs, 'forward'))
    const image = join(prepared.outDir, 'bulkhead.img')
    const dtb = machine.board.dtb && (await debianDeviceTree(machine.board.dtb))
    const qemu = {
      machine,
      image,
      bundle: join(prepared.outDir, name, 'bundle.itb'),
      dtb,
      gic: machine.gic,
      net,
      icount: options.icount,
      disk: await diskOptions(prepared.system, options.disk, options['dry-run'] === true),
      gdb: options.gdb,
      wire: lineOf(prepared),
    }
    if (options['dry-run']) {
      console.log(shellLine(QEMU, qemuArguments(qemu)))
      return EXIT.OK
    }
    const built = await hypervisor(prepared.outDir)
    const bundle = await pack(prepared, built)
    if (options.gdb) say(`Waiting for: gdb-multiarch ${built.elf} -ex 'target remote :${GDB_PORT}'`)
    const vmNames = vms.map((vm) => vm.name)
    return boot({
      args: qemuArguments(qemu),
      vmNames,
      elf: built.elf,
      guests: await guestSymbols(prepared.guests.map(({ vm, symbols }) => ({ name: vm.name, symbols }))),
      until,
      timeout,
      log: options.log,
      json: options.json,
      socket: control ? socketPath(bundle.folder) : undefined,
      line: qemu.wire?.path,
    })
  },
})

/** The control line's own UART, if it has one that QEMU plays. */
function lineOf({ system: { machine, name, wire }, outDir }: Prepared): QemuOptions['wire'] {
  if (wire === undefined) return undefined
  const { serial } = machine.board.wires![wire]!
  if (serial !== undefined) return { serial, path: linePath(join(outDir, name)) }
  const { name: board, wires } = machine.board
  const others = Object.keys(wires!).filter((other) => wires![other]!.serial !== undefined)
  throw new UserError(`QEMU's ${board} has no ${wire}; to run it there write control: { uart: '${others[0]}' }`)
}

/** QEMU has the board, and as much of its RAM as the VMs need. */
function checkQemu({ system: { file, machine, vms }, guests }: Prepared): void {
  const { board } = machine
  if (!board.qemu) throw new UserError(`QEMU cannot play ${board.name}; choose another board to run it`)
  const { ram } = board.qemu
  if (!ram || ram.size >= machine.ramSize) return
  const found = checkRam(
    vms.filter((vm) => !isTemplate(vm)),
    { ...machine, ramSize: ram.size },
    bundleSize(guests),
  )
  const remedy = `give the VMs less to run them in QEMU, whose ${board.name} has ${sizeText(ram.size)} whatever its option says`
  if (found.length > 0) throw new ConfigError(shown(file), [{ ...found[0]!, remedy }])
}

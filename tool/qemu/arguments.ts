/** The command line of `qemu-system-aarch64` that plays a board. */
import type { GicVersion } from '../config/board.ts'
import type { Machine } from '../config/system.ts'
import { netArguments, type QemuNet } from './net.ts'

export const QEMU = 'qemu-system-aarch64'
export const GDB_PORT = 1234

export interface QemuOptions {
  machine: Machine
  /** The hypervisor, as an arm64 Image. */
  image: string
  bundle: string
  /** For boards whose DTB QEMU does not make itself. */
  dtb?: string | undefined
  gic: GicVersion
  /** What stands behind the board's network card, for a system with an uplink. */
  net?: QemuNet | undefined
  /** One tick of the counter for one instruction: for measurements. */
  icount?: boolean
  /** What makes files the board's disks. */
  disk?: readonly string[]
  /** Where QEMU offers the control line's UART, which is its serial port `serial`: a Unix socket. */
  wire?: { serial: number; path: string } | undefined
  /** Waits for a debugger on GDB_PORT. */
  gdb?: boolean
}

const ICOUNT_FREQUENCY = 1_000_000_000

export function qemuArguments({
  machine,
  image,
  bundle,
  dtb,
  gic,
  icount,
  disk = [],
  net,
  wire,
  gdb,
}: QemuOptions): string[] {
  const { board, cores, ramSize } = machine
  const { machine: type, cpu, ram, serial = 0 } = board.qemu!
  return [
    ['-M', type(gic)],
    ['-cpu', icount ? `${cpu},cntfrq=${ICOUNT_FREQUENCY}` : cpu],
    ['-smp', String(cores)],
    ['-m', ram?.option ?? `${ramSize / 2 ** 20}M`],
    // A thread for each core, so that one VM's work does not delay another's; counted instructions want a single one.
    ['-accel', icount ? 'tcg,thread=single' : 'tcg,thread=multi'],
    icount ? ['-icount', 'shift=0,sleep=off'] : [],
    // The default network card wants a ROM that Debian does not package.
    ['-nographic', '-nic', 'none', '-no-reboot'],
    ...serialPorts(serial, wire),
    [...disk],
    net ? netArguments(net) : [],
    dtb ? ['-dtb', dtb] : [],
    ['-kernel', image, '-initrd', bundle],
    gdb ? ['-S', '-gdb', `tcp:127.0.0.1:${GDB_PORT}`] : [],
  ].flat()
}

/** As one would type it. */
export function shellLine(command: string, args: readonly string[]): string {
  return [command, ...args]
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`))
    .join(' ')
}

/** `-serial` for each port up to the last that is used; none for a console that is the first and alone. */
function serialPorts(console: number, wire: QemuOptions['wire']): string[][] {
  if (!console && !wire) return []
  return Array.from({ length: Math.max(console, wire?.serial ?? 0) + 1 }, (_, port) => {
    if (port === console) return ['-serial', 'mon:stdio']
    return ['-serial', port === wire?.serial ? `unix:${wire.path},server=on,wait=off` : 'null']
  })
}

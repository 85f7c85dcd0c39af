/** Why a VM halts, in GDB's words. GDB manual, "Remote Protocol", "Stop Reply Packets". */
import * as abi from '../../src/abi/debug.ts'

/** "Host I/O", signals: GDB's own numbers. A hang is a SIGTERM: gdb stops there, which it does not for a SIGALRM. */
const SIGNAL: Record<number, string> = {
  [abi.HALT_NONE]: '02',
  [abi.HALT_CRASH]: '0b',
  [abi.HALT_WATCHDOG]: '0f',
  [abi.HALT_HEARTBEAT]: '0f',
}
const TRAP = '05'
/** What a signal's name does not say. */
const REASON: Record<number, string> = {
  [abi.HALT_WATCHDOG]: 'The VM hangs: its watchdog got to zero twice, and nobody reloaded it.\n',
  [abi.HALT_HEARTBEAT]: 'The VM hangs: no sign of life in time, neither a reload of its watchdog nor a call.\n',
}

/** `halt`: HALT_* of the vCPU that is GDB's `thread`; `watched`: what covers the address at which one halts, `watch:ADDRESS;`. */
export function stopReply(halt: number, thread: number, watched: () => string): string {
  const why =
    halt === abi.HALT_BREAKPOINT
      ? 'swbreak:;'
      : halt === abi.HALT_POINT
        ? 'hwbreak:;'
        : halt === abi.HALT_WATCH
          ? watched()
          : ''
  return `T${SIGNAL[halt] ?? TRAP}${why}thread:${thread};`
}

/** What gdb prints before, if there is something to say: O packets, which come only while it waits. */
export function remarks(halt: number): string[] {
  const reason = REASON[halt]
  return reason ? [`O${Buffer.from(reason).toString('hex')}`] : []
}

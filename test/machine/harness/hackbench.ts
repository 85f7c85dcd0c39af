/** An initramfs in which Debian's hackbench keeps every CPU busy while CPUs are taken out of the kernel and put back. */
import { debianInitrd } from './debian-initrd.ts'

export interface Stress {
  /** CPUs of the guest; the first stays in. */
  cpus: number
  /** Times that each other CPU goes out and comes back. */
  rounds: number
}

/** Path of the archive. The guest prints `round N: CPUs` each time that all are back, then `over, N runs` and what its kernel complained of. */
export function hackbenchInitrd(stress: Stress): Promise<string> {
  return debianInitrd({ programs: { 'rt-tests': 'usr/bin/hackbench' }, lines: script(stress) })
}

/** hackbench runs again and again, as a group of threads that send through pipes, until the last round is over. */
function script({ cpus, rounds }: Stress): string[] {
  const others = Array.from({ length: cpus - 1 }, (_, i) => i + 1).join(' ')
  return [
    `(runs=0; while [ ! -e /tmp/over ]; do hackbench --threads --pipe --groups 1 --fds 4 --loops 40 > /tmp/said || break; runs=$((runs+1)); echo $runs > /tmp/runs; done) &`,
    'while [ ! -e /tmp/runs ]; do usleep 1000; done',
    `round=0; while [ $round -lt ${rounds} ]; do`,
    'round=$((round+1))',
    `for cpu in ${others}; do echo 0 > /sys/devices/system/cpu/cpu$cpu/online || echo stuck $cpu; done`,
    `for cpu in ${others}; do echo 1 > /sys/devices/system/cpu/cpu$cpu/online || echo lost $cpu; done`,
    'echo round $round: $(cat /sys/devices/system/cpu/online)',
    'done',
    'touch /tmp/over; wait',
    'echo over, $(cat /tmp/runs) runs',
    'dmesg | grep -iE "BUG|Oops|stall|lockup|WARNING|hung|failed to|timed out" | sed "s/^/complaint: /"',
    'echo done; poweroff -f',
  ]
}

/** An initramfs in which Debian's hackbench keeps every CPU busy while CPUs are taken out of the kernel and put back. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../../../tool/config/project.ts'
import { characterDevice, cpio, folder, program, symlink } from '../../../tool/image/cpio.ts'
import { debianBusybox, debianPackage } from '../../../tool/setup/debian.ts'
import { initScript } from '../../../tool/setup/initramfs.ts'

export interface Stress {
  /** CPUs of the guest; the first stays in. */
  cpus: number
  /** Times that each other CPU goes out and comes back. */
  rounds: number
}

const LIBRARIES = 'lib/aarch64-linux-gnu'

/** Path of the archive. The guest prints `round N: CPUs` each time that all are back, then `over, N runs` and what its kernel complained of. */
export async function hackbenchInitrd(stress: Stress): Promise<string> {
  const c = join(await debianPackage('libc6'), LIBRARIES)
  const libraries = (await readdir(c)).filter((name) => /^(ld-linux-aarch64\.so\.1|lib(c|pthread)\.so\.\d)$/.test(name))
  const archive = cpio([
    ...['bin', 'sbin', 'dev', 'proc', 'sys', 'tmp', 'root', 'etc', 'usr', 'usr/bin', 'usr/sbin', 'lib'].map(folder),
    folder(LIBRARIES),
    characterDevice('dev/console', 5, 1),
    program('bin/busybox', await readFile(await debianBusybox())),
    symlink('bin/sh', 'busybox'),
    program('bin/hackbench', await readFile(join(await debianPackage('rt-tests'), 'usr/bin/hackbench'))),
    ...(await Promise.all(
      libraries.map(async (name) => program(`${LIBRARIES}/${name}`, await readFile(join(c, name)))),
    )),
    symlink('lib/ld-linux-aarch64.so.1', 'aarch64-linux-gnu/ld-linux-aarch64.so.1'),
    program('init', initScript(script(stress))),
  ])
  const file = join(ROOT, `build/test/hackbench-${stress.cpus}-${stress.rounds}.cpio`)
  await mkdir(join(ROOT, 'build/test'), { recursive: true })
  await writeFile(file, archive)
  return file
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

/** What Linux with four CPUs executes from its first instruction through a fixed workload, bare and under Bulkhead. */
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hypervisor } from '../../tool/command/hypervisor.ts'
import { pack, prepare } from '../../tool/command/prepare.ts'
import { run } from '../../tool/compile/process.ts'
import { toolchain } from '../../tool/compile/tool-path.ts'
import type { GicVersion } from '../../tool/config/board.ts'
import { ROOT } from '../../tool/config/project.ts'
import { qemuArguments } from '../../tool/qemu/arguments.ts'
import { runQemu } from '../../tool/qemu/run.ts'
import { debianKernel } from '../../tool/setup/debian.ts'
import { busyboxInitrd } from '../../tool/setup/initramfs.ts'
import { UserError } from '../../tool/ui/failure.ts'
import { configOf, writeConfig } from './core-system.ts'

const SOURCE = fileURLToPath(new URL('plugin/count.c', import.meta.url))
const PLUGIN = join(ROOT, 'build/test/count.so')
const LOG = join(ROOT, 'build/test/bench-linux.log')
const CPUS = 4
const MEMORY = '256M'
const BOOTARGS = 'console=ttyAMA0 quiet'
/** Where QEMU, and Bulkhead after it, puts a kernel that asks for no offset: 2 MiB into RAM. */
const ENTRY = 0x4020_0000
/** Seconds; a run takes less than a minute on a quiet machine. */
const TIMEOUT = 600

/** Processes on every CPU, which start and end others, and hash. */
const WORKLOAD = [
  'echo shell reached',
  'for w in 1 2 3 4; do (i=0; while [ $i -lt 40 ]; do /bin/true; i=$((i+1)); done; head -c 2000000 /dev/zero | sha256sum) & done; wait',
  'echo workload done; poweroff -f',
]

/** Executed instructions of all CPUs together. */
export interface LinuxResult {
  bare: number
  bulkhead: number
}

export async function measureLinux(): Promise<Record<`gicv${GicVersion}`, LinuxResult>> {
  await mkdir(join(ROOT, 'build/test'), { recursive: true })
  await run(
    toolchain().clang,
    ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', '-Werror', '-ffreestanding', '-nostdlib', '-o', PLUGIN, SOURCE],
    ROOT,
  )
  return { gicv3: await both(3), gicv2: await both(2) }
}

async function both(gic: GicVersion): Promise<LinuxResult> {
  return { bare: await count(await bare(gic), []), bulkhead: await count(await underBulkhead(gic), ['linux']) }
}

/** With seeds in its DTB, as Bulkhead's has. */
async function bare(gic: GicVersion): Promise<string[]> {
  const machine = ['-M', `virt,gic-version=${gic}`, '-cpu', 'cortex-a72,cntfrq=1000000000', '-smp', String(CPUS)]
  const time = ['-icount', 'shift=0,sleep=off', '-accel', 'tcg,thread=single']
  const guest = ['-kernel', await debianKernel('cloud'), '-initrd', await busyboxInitrd(initrd), '-append', BOOTARGS]
  return [...machine, '-m', MEMORY, ...time, '-nographic', '-nic', 'none', '-no-reboot', ...guest]
}

async function underBulkhead(gic: GicVersion): Promise<string[]> {
  await writeConfig('linux', {
    board: { name: 'qemu-virt', cpus: CPUS, memory: '512M' },
    vms: [
      {
        name: 'linux',
        cpus: CPUS,
        memory: MEMORY,
        kernel: { source: 'debian-kernel', flavour: 'cloud' },
        initrd,
        bootargs: BOOTARGS,
        onCrash: 'stop',
      },
    ],
  })
  const prepared = await prepare(configOf('linux'), gic)
  const built = await hypervisor(prepared.outDir)
  const { image } = built
  const bundle = (await pack(prepared, built)).file
  return qemuArguments({ machine: prepared.system.machine, image, bundle, gic, icount: true })
}

const initrd = { source: 'busybox-initrd' as const, lines: WORKLOAD }

/** The machine switches itself off after the workload. */
async function count(args: string[], vmNames: string[]): Promise<number> {
  const lines: string[] = []
  const counted = [...args, '-plugin', `${PLUGIN},start=${ENTRY}`, '-d', 'plugin', '-D', LOG]
  const { end, complaint } = await runQemu({
    args: counted,
    vmNames,
    timeout: TIMEOUT,
    onLine: ({ text }) => lines.push(text),
  })
  const said = lines.join('\n')
  if (end !== 'off' || !/^workload done/m.test(said))
    throw new UserError(`Linux did not come to its end (${end}): ${complaint}\n${said}`)
  const found = /^executed (\d+)$/m.exec(await readFile(LOG, 'utf8'))?.[1]
  await rm(LOG)
  if (found === undefined) throw new UserError(`QEMU's plugin counted nothing: ${complaint}`)
  return Number(found)
}

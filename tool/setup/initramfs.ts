/** An initramfs of one static busybox and one script, enough for a shell on the guest's console. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CACHE } from '../config/project.ts'
import type { BusyboxInitrd } from '../config/source.ts'
import { characterDevice, cpio, folder, program, symlink } from '../image/cpio.ts'
import { debianBusybox, debianModules } from './debian.ts'
import { collectModules, type KernelModule } from './kernel-module.ts'

export async function busyboxInitrd(source: BusyboxInitrd): Promise<string> {
  const busybox = await readFile(await debianBusybox())
  const modules = await kernelModules(source)
  const archive = cpio([
    ...['bin', 'sbin', 'dev', 'proc', 'sys', 'tmp', 'root', 'etc', 'usr', 'usr/bin', 'usr/sbin'].map(folder),
    // The kernel opens it before /init can mount anything.
    characterDevice('dev/console', 5, 1),
    program('bin/busybox', busybox),
    symlink('bin/sh', 'busybox'),
    ...(modules.length ? ['lib', 'lib/modules'].map(folder) : []),
    ...modules.map(({ name, bytes }) => program(`lib/modules/${name}.ko`, bytes)),
    program(
      'init',
      source.init ??
        initScript([...modules.map(({ name }) => `insmod /lib/modules/${name}.ko`), ...(source.lines ?? [])]),
    ),
  ])
  const name = createHash('sha256').update(archive).digest('hex').slice(0, 16)
  const file = join(CACHE, 'initramfs', `${name}.cpio`)
  if (existsSync(file)) return file
  await mkdir(join(CACHE, 'initramfs'), { recursive: true })
  await writeFile(`${file}.partial`, archive)
  await rename(`${file}.partial`, file)
  return file
}

async function kernelModules({ modules = [], flavour = 'cloud' }: BusyboxInitrd): Promise<KernelModule[]> {
  return modules.length ? collectModules(await debianModules(flavour), modules) : []
}

/** Ends in a shell, on the real terminal so that it has job control; leaving the shell powers the VM off. */
export function initScript(lines: readonly string[]): string {
  return `#!/bin/sh
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox --install -s
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root TERM=\${TERM:-vt100}
# This script is init, and deaf to the signals that these would send without -f.
echo "alias reboot='reboot -f' poweroff='poweroff -f' halt='halt -f'" > /etc/profile
cd /root
${lines.map((line) => `${line}\n`).join('')}read -r consoles < /sys/class/tty/console/active
setsid -c sh -l <> "/dev/\${consoles##* }" >&0 2>&1
poweroff -f
`
}

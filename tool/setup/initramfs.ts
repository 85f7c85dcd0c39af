/** An initramfs of one static busybox and one script, enough for a shell on the guest's console. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CACHE } from '../config/project.ts'
import type { BusyboxInitrd } from '../config/source.ts'
import { characterDevice, cpio, folder, program, symlink } from '../image/cpio.ts'
import { debianBusybox } from './debian.ts'

export async function busyboxInitrd(source: BusyboxInitrd): Promise<string> {
  const busybox = await readFile(await debianBusybox())
  const archive = cpio([
    ...['bin', 'sbin', 'dev', 'proc', 'sys', 'tmp', 'root', 'etc', 'usr', 'usr/bin', 'usr/sbin'].map(folder),
    // The kernel opens it before /init can mount anything.
    characterDevice('dev/console', 5, 1),
    program('bin/busybox', busybox),
    symlink('bin/sh', 'busybox'),
    program('init', source.init ?? initScript(source.lines ?? [])),
  ])
  const name = createHash('sha256').update(archive).digest('hex').slice(0, 16)
  const file = join(CACHE, 'initramfs', `${name}.cpio`)
  if (existsSync(file)) return file
  await mkdir(join(CACHE, 'initramfs'), { recursive: true })
  await writeFile(`${file}.partial`, archive)
  await rename(`${file}.partial`, file)
  return file
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

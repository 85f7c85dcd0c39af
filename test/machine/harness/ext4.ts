/** An ext4 image with a root file system of one busybox, whose /sbin/init is a shell on the VM's console. */
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../../tool/config/project.ts'
import { debianBusybox } from '../../../tool/setup/debian.ts'
import { initScript } from '../../../tool/setup/initramfs.ts'

/** `mke2fs` as Debian has it, in a folder that a user's PATH may lack. */
const PATH = `${process.env.PATH}:/usr/sbin:/sbin`

/** Path of the image, of `mebibytes`; `files` stand in its root besides the system's own. */
export async function ext4Root(name: string, mebibytes: number, files: Record<string, string> = {}): Promise<string> {
  const folder = join(ROOT, 'build/test', `${name}.root`)
  const image = join(ROOT, 'build/test', `${name}.ext4`)
  rmSync(folder, { recursive: true, force: true })
  rmSync(image, { force: true })
  for (const path of ['bin', 'sbin', 'dev', 'proc', 'sys', 'tmp', 'root', 'etc', 'usr/bin', 'usr/sbin']) {
    mkdirSync(join(folder, path), { recursive: true })
  }
  copyFileSync(await debianBusybox(), join(folder, 'bin/busybox'))
  chmodSync(join(folder, 'bin/busybox'), 0o755)
  symlinkSync('busybox', join(folder, 'bin/sh'))
  writeFileSync(join(folder, 'sbin/init'), initScript([]), { mode: 0o755 })
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text)
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-d', folder, image, `${mebibytes}M`], { env: { ...process.env, PATH } })
  return image
}

/** The programs that Bulkhead needs, whether they are there, and the Debian packages that bring them. */

import { toolchain } from '../compile/tool-path.ts'
import { which } from '../config/program.ts'
import { readRelease } from './apt-source.ts'
import { versionLine } from './command.ts'

export interface Need {
  name: string
  why: string
  /** What was found, for people; undefined if it is missing or too old. */
  found: () => string | undefined
  /** What is there, but not good enough. */
  lacking?: () => string | undefined
  packages: (available: Available) => Promise<readonly string[]>
  /** The demo does without it. */
  isForWork?: boolean
}

/** Whether the archive has a package. */
export type Available = (name: string) => Promise<string | undefined>

/** First the version that everything is tested with. */
const LLVM_VERSIONS = [16, 19, 18, 17, 15, 14]
/** From here on QEMU plays the Raspberry Pi 4 too; Debian has it in a suite of its own where the release is older. */
export const QEMU_WANTED = 9
/** Enough for `virt`, for releases that have nothing newer to offer. */
const QEMU_FLOOR = 7.2

const QEMU_PACKAGES = ['qemu-system-arm', 'qemu-system-data']

export const NEEDS: readonly Need[] = [
  {
    name: 'clang, lld, llvm',
    why: 'compiles the hypervisor for AArch64',
    found: () => {
      try {
        return versionLine(toolchain().clang)
      } catch {
        return undefined
      }
    },
    packages: async (available) => {
      for (const version of LLVM_VERSIONS) {
        if (await available(`clang-${version}`)) return ['clang', 'lld', 'llvm'].map((name) => `${name}-${version}`)
      }
      return ['clang', 'lld', 'llvm']
    },
  },
  {
    name: 'dtc',
    why: 'compiles the device trees that guests get',
    found: () => (which('dtc') ? versionLine('dtc') : undefined),
    packages: async () => ['device-tree-compiler'],
  },
  {
    name: 'mkimage',
    why: 'packs the bundle',
    found: () => (which('mkimage') ? versionLine('mkimage', '-V') : undefined),
    packages: async () => ['u-boot-tools'],
  },
  {
    name: 'mtools',
    why: 'writes the file system of SD card images',
    found: () => (which('mformat') ? versionLine('mformat') : undefined),
    packages: async () => ['mtools'],
  },
  {
    name: 'qemu-system-aarch64',
    why: 'boots the system on this machine',
    found: () => {
      const least = readRelease().id === 'debian' ? QEMU_WANTED : QEMU_FLOOR
      return (qemuVersion() ?? 0) >= least ? versionLine('qemu-system-aarch64') : undefined
    },
    lacking: () => (qemuVersion() ? versionLine('qemu-system-aarch64') : undefined),
    packages: async () => QEMU_PACKAGES,
  },
  {
    name: 'qemu-img',
    why: 'reads disks in layers (qcow2) where a config has some',
    found: () => (which('qemu-img') ? versionLine('qemu-img') : undefined),
    packages: async () => ['qemu-utils'],
    isForWork: true,
  },
  {
    name: 'fdisk',
    why: "looks at SD card images in their test, as a user's tools do",
    // Where a user's PATH may not lead.
    found: () => versionLine('fdisk') ?? versionLine('/usr/sbin/fdisk'),
    packages: async () => ['fdisk'],
    isForWork: true,
  },
  {
    name: 'gdb-multiarch',
    why: 'debugs the hypervisor and guests in QEMU, which a test does too',
    found: () => versionLine('gdb-multiarch'),
    packages: async () => ['gdb-multiarch'],
    isForWork: true,
  },
]

/** Debian's names of the browser that the page's tests look through. */
const BROWSERS = ['chromium-headless-shell', 'chromium', 'chromium-browser']

export function browser(): string | undefined {
  return BROWSERS.map((name) => which(name)).find((path) => path !== undefined)
}

/** `setup --browser`: 230 MB that only these tests want. */
export const BROWSER_NEED: Need = {
  name: 'chromium',
  why: "looks at inspect's page in its tests",
  found: () => {
    const path = browser()
    return path && versionLine(path)
  },
  packages: async (available) => [(await available(BROWSERS[0]!)) ? BROWSERS[0]! : 'chromium'],
}

export const DEMO_NEEDS = NEEDS.filter(({ isForWork }) => !isForWork)

/** Major and minor as one number, such as 10.0. */
function qemuVersion(text = versionLine('qemu-system-aarch64')): number | undefined {
  const match = /version (\d+\.\d+)/.exec(text ?? '')
  return match ? Number(match[1]) : undefined
}

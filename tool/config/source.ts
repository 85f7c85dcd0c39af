/** Files that a config asks the tool to make: packages from Debian, guests written in AssemblyScript. Plain data until the build. */

/** Debian's own arm64 kernel, unmodified. `cloud` is smaller and boots faster; `generic` has every driver. */
export interface DebianKernel {
  source: 'debian-kernel'
  flavour: 'cloud' | 'generic'
}

/** Debian's build of U-Boot for QEMU's `virt` machine: a boot loader with a prompt. */
export interface DebianUboot {
  source: 'debian-uboot'
}

/** An initramfs that holds Debian's static busybox and one script. */
export interface BusyboxInitrd {
  source: 'busybox-initrd'
  /** Replaces the whole /init script. */
  init?: string
  /** Shell lines that /init runs before it starts the shell. */
  lines?: string[]
  /** Kernel modules that /init loads before that, by name; those that they need come along. */
  modules?: string[]
  /** The Debian kernel whose modules they are: as in `debian.kernel()`, `cloud` by default. */
  flavour?: DebianKernel['flavour']
}

/** A bare-metal program, compiled with Bulkhead's guest kit to an ELF file. */
export interface AssemblyScriptGuest {
  source: 'assemblyscript'
  /** The program's main file, relative to the config. */
  entry: string
}

export type KernelSource = DebianKernel | DebianUboot | AssemblyScriptGuest
export type InitrdSource = BusyboxInitrd

export const debian = {
  kernel: (options: { flavour?: DebianKernel['flavour'] } = {}): DebianKernel => ({
    source: 'debian-kernel',
    flavour: options.flavour ?? 'cloud',
  }),
  uboot: (): DebianUboot => ({ source: 'debian-uboot' }),
  busyboxInitrd: (options: Omit<BusyboxInitrd, 'source'> = {}): BusyboxInitrd => ({
    source: 'busybox-initrd',
    ...options,
  }),
}

export function assemblyscript(entry: string): AssemblyScriptGuest {
  return { source: 'assemblyscript', entry }
}

/** Debian's U-Boot as a guest: its prompt, commands that poke at memory and devices, reset, power-off; and Linux started from it. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BLOCK_SIZE } from '../../src/abi/layout.ts'
import { ROOT } from '../../tool/config/project.ts'
import { debian } from '../../tool/config/source.ts'
import { parseArm64Image } from '../../tool/image/arm64-image.ts'
import { debianKernel } from '../../tool/setup/debian.ts'
import { busyboxInitrd } from '../../tool/setup/initramfs.ts'
import { alignUp, hex } from '../../tool/ui/number.ts'
import { type Board, withBoard } from './harness/board.ts'
import { NEIGHBOUR } from './harness/neighbour.ts'
import { argumentsFor, packed } from './harness/system.ts'

const PROMPT = /^=> $/
/** The VM behind the neighbour has the keyboard only if it is given. */
const KEYBOARD_TO_SECOND = '\x1d2'
const LINES_OF_ALL = '\x1d0'

async function toPrompt(board: Board): Promise<void> {
  await board.line('uboot', /^U-Boot 20\d\d\.\d\d/)
  await board.line('uboot', /^Hit any key to stop autoboot/)
  board.type(' ')
  await board.line('uboot', PROMPT)
}

test.each([2, 3] as const)('at its prompt, GICv%d', async (gic) => {
  const uboot = { name: 'uboot', memory: '40M', kernel: debian.uboot(), onCrash: 'restart' } as const
  const system = await packed({ name: `uboot-${gic}`, vms: [NEIGHBOUR, uboot] })
  await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
    const ask = async (command: string, ...answers: RegExp[]) => {
      board.type(`${command}\n`)
      for (const answer of answers) await board.line('uboot', answer)
      await board.line('uboot', PROMPT)
    }
    await board.report(/^VM 'uboot': 40 MiB/)
    board.type(KEYBOARD_TO_SECOND)
    await toPrompt(board)
    await ask('version', /^U-Boot 20\d\d\.\d\d/)
    await ask('bdinfo', /^-> start += 0x0*40000000$/, /^-> size += 0x0*2800000$/)
    // A DTB begins with 0xd00dfeed, big-endian; nobody wrote to the RAM above.
    await ask('md.l 40000000 1', /^40000000: edfe0dd0 /)
    await ask('md.l 40800000 2', /^40800000: 00000000 00000000 /)
    await ask('mw.l 40800000 12345678 2; md.l 40800000 2', /^40800000: 12345678 12345678 /)
    await ask('fdt addr $fdtcontroladdr; fdt print /psci method', /^method = "hvc"$/)
    await ask('date', /^Date: 20\d\d-/)
    // Devices that it looks for unasked: flash that is not there, empty virtio slots.
    await ask('md.l 0 1', /^00000000: ffffffff /)
    await ask('md.l a000000 2', /^0a000000: 74726976 0000000[12] /)
    await ask('virtio scan; virtio info; flinfo')

    board.type('reset\n')
    await board.report(/^VM 'uboot' reset itself; it starts again$/)
    await toPrompt(board)
    // What it wrote before is gone.
    await ask('md.l 40800000 2', /^40800000: 00000000 00000000 /)
    // Nothing is there: its own handler reports the abort, then it resets the machine.
    board.type('md.l 9f00000 1\n')
    await board.line('uboot', /^"Synchronous Abort" handler, esr 0x9600001/)
    await board.report(/^VM 'uboot' reset itself; it starts again$/)
    await toPrompt(board)

    board.type('poweroff\n')
    await board.report(/^VM 'uboot' powered itself off; it stays off$/)
    board.type(LINES_OF_ALL)
    await board.report(/^screen: all/)
    // While it polled its UART and we typed, QEMU let the neighbour's core wait; now nothing does, and the beat goes on.
    await board.line('pulse', /^pulse: 1000 periods, .*\(0 missed\)$/)
  })
})

/** A kernel and an initramfs as one file, as a disk would hold them; where in it the initramfs begins. */
async function payload(): Promise<{ file: string; at: number; size: number }> {
  const kernel = await readFile(await debianKernel('cloud'))
  const initramfs = await readFile(await busyboxInitrd(debian.busyboxInitrd()))
  const at = alignUp(parseArm64Image(kernel).memorySize, BLOCK_SIZE)
  const bytes = Buffer.alloc(at + initramfs.length)
  bytes.set(kernel)
  bytes.set(initramfs, at)
  await mkdir(join(ROOT, 'build/test'), { recursive: true })
  const file = join(ROOT, 'build/test/uboot.payload')
  await writeFile(file, bytes)
  return { file, at, size: initramfs.length }
}

test.each([
  // U-Boot switches MMU and caches off itself, and cleans by set and way.
  ['booti', 2],
  // The kernel's EFI stub leaves U-Boot's boot services.
  ['bootefi', 3],
] as const)('%s starts Linux, GICv%d', async (command, gic) => {
  const { file, at, size } = await payload()
  const uboot = { name: 'uboot', memory: '256M', kernel: debian.uboot(), initrd: file, onCrash: 'stop' } as const
  const system = await packed({ name: `uboot-${command}-${gic}`, vms: [uboot] })
  // What polls its UART without a pause hears little of who types, where time is counted in its instructions.
  await withBoard({ args: argumentsFor(system, { gic, icount: false }), vmNames: system.vmNames }, async (board) => {
    await toPrompt(board)
    board.type('fdt addr $fdtcontroladdr; fdt print /chosen linux,initrd-start\n')
    const [, start] = await board.line('uboot', /^linux,initrd-start = <0x00000000 0x([0-9a-f]+)>;?$/)
    const kernel = Number.parseInt(start!, 16)
    const initramfs = hex(kernel + at)
    const bootargs = 'console=ttyAMA0 quiet'
    if (command === 'booti') {
      const range = `${initramfs}:${size.toString(16)}`
      board.type(`setenv bootargs ${bootargs}; booti ${hex(kernel)} ${range} $fdtcontroladdr\n`)
    } else {
      // bootefi takes no initramfs of its own: the device tree names it.
      board.type('setenv fdt_addr_r 4e000000; fdt move $fdtcontroladdr $fdt_addr_r 4000\n')
      await board.line('uboot', PROMPT)
      board.type(`fdt set /chosen linux,initrd-start <0 ${initramfs}>\n`)
      await board.line('uboot', PROMPT)
      board.type(`fdt set /chosen linux,initrd-end <0 ${hex(kernel + at + size)}>\n`)
      await board.line('uboot', PROMPT)
      board.type(`setenv bootargs ${bootargs}; bootefi ${hex(kernel)}:${hex(at)} $fdt_addr_r\n`)
    }
    await board.line('uboot', /^\/root # $/)
    board.type('dmesg | grep -c "efi: EFI v"; poweroff\n')
    await board.line('uboot', command === 'bootefi' ? /^1$/ : /^0$/)
    await board.report(/^VM 'uboot' powered itself off/)
    expect(await board.off()).toBe(0)
  })
})

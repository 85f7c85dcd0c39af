/** A small hypervisor in a folder of its own: the real abi, headers and linker scripts with modules of a few lines. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { SERVICES } from '../../tool/compile/model.ts'
import { ROOT } from '../../tool/compile/tool-path.ts'

/** Enough assembly for a link: an image that calls what assembly calls, and the block functions of the compiler. */
const ENTRY = `/* Calls into core. */
.section .head.text, "ax"
    bl core_instantiate
    bl w2c_core_boot
    bl w2c_core_onSync
.text
.irp name, bulkhead_trap, memcpy, memmove, memset
.global \\name
\\name:
.endr
    b .
`

const MODULES = {
  'src/hw.ts': 'export declare function esr_el2(): u64\n',
  'src/core/link.ts':
    'export declare function vmmInstantiate(vm: u32): void\nexport declare function hostInstantiate(): void\n',
  'src/core/vmm.ts': 'export declare function double(vm: u32, value: u64): u64\n',
  'src/core/host.ts': 'export declare function put(ch: u32): u32\n',
  'src/core/main.ts': `import * as host from './host'
import * as hw from '../hw'
import * as link from './link'
import * as vmm from './vmm'
export function boot(): void { link.vmmInstantiate(0); link.hostInstantiate(); host.put(10) }
export function onSync(frame: usize): void {
  store<u64>(frame, vmm.double(1, load<u64>(frame)) + hw.esr_el2())
}
export function half(value: u64): u64 { return value / 2 }
`,
  'src/vmm/core.ts': 'export declare function half(value: u64): u64\n',
  'src/vmm/main.ts': `import { half } from './core'
export function double(value: u64): u64 { return half(value) * 4 }
`,
  'src/host/hw.ts': 'export declare function write32(at: usize, value: u32): void\n',
  'src/host/main.ts': `import { write32 } from './hw'
export function put(ch: u32): u32 { write32(0xf000_0000, ch); return 1 }
`,
  ...Object.fromEntries(
    SERVICES.filter((name) => name !== 'host').map((name) => [
      `src/${name}/main.ts`,
      'export function serve(): u32 { return 0 }\n',
    ]),
  ),
  'boot/hw.h': `struct w2c_hw;
WASM_INLINE u64 w2c_hw_esr_el2(struct w2c_hw *hw) { u64 v; __asm__ volatile("mrs %0, esr_el2" : "=r"(v)); return v; }
`,
  'boot/entry.S': ENTRY,
}

export interface SourceTree {
  root: string
  write(path: string, text: string): void
  remove(): void
}

export function sourceTree(files: Record<string, string> = {}): SourceTree {
  const root = mkdtempSync(join(tmpdir(), 'bulkhead-tree-'))
  for (const path of [
    'src/abi',
    'linker',
    'asconfig.json',
    'boot/wasm-rt.h',
    'boot/wasm-rt-atomic.h',
    'boot/service-hw.h',
    'boot/drive-hw.h',
    'boot/vmm-ram.h',
    'boot/asm.h',
    'boot/pair.h',
    'boot/guard.S',
  ]) {
    cpSync(join(ROOT, path), join(root, path), { recursive: true })
  }
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  for (const [path, text] of Object.entries({ ...MODULES, ...files })) write(path, text)
  return { root, write, remove: () => rmSync(root, { recursive: true, force: true }) }
}

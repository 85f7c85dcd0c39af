/**
 * Extensions: text and constants of the hypervisor that not every system needs. They are linked together with the image, at
 * addresses of their own, and become files of their own that a bundle carries where its config wants them (doc/extensions.md).
 */

import type { PlacedLiterals } from './data.ts'
import { EXTENSIONS, type Extension } from './extension-list.ts'
import { CompileError } from './failure.ts'
import { isService, MODELS, MODULES, type ModuleName, type UnitName } from './model.ts'
import type { Code } from './stack.ts'

/** Paths of all doors into code of a module. */
export function doorsOf(module: UnitName): string[] {
  return module === 'guest' ? [] : EXTENSIONS.flatMap(({ doors }) => doors[module] ?? [])
}

/** Modules whose texts can go with an extension while they themselves are the image's, in the order of src/abi/extension.ts. */
const WITH_LITERALS: readonly UnitName[] = ['core', 'vmm', 'host']

/** Tells which extension the functions of a source file go to, for one module. */
export function homeOf(module: UnitName): (path: string) => string | undefined {
  if (module === 'guest' || !WITH_LITERALS.includes(module)) return () => undefined
  return (path) => EXTENSIONS.find(({ files }) => files[module]?.some((file) => covers(file, path)))?.name
}

function covers(file: string, path: string): boolean {
  return file.endsWith('/*') ? path.startsWith(file.slice(0, -1)) : file === path
}

/** Section of the object that holds a module's texts of an extension. */
export function literalSection(extension: string): string {
  return `.rodata.literals.${extension}`
}

/** Texts of each module, as src/core/extension.ts lays them out. */
export type Literals = Partial<Record<UnitName, readonly PlacedLiterals[]>>

/** Sections of one extension in the ELF, and the symbol of its start. */
export function sectionOf(name: string): string {
  return `.extension.${name}`
}

/** For linker/bulkhead.ld: every extension as an output section at its place, and a segment of the ELF for each. */
export function extensionScript(literals: Literals = {}): string {
  const segments = [...EXTENSIONS.map(({ name }) => `extension_${name}`), 'image']
  return [
    'PHDRS {',
    ...segments.map((segment) => `  ${segment} PT_LOAD;`),
    '}',
    'SECTIONS {',
    ...EXTENSIONS.map((extension, number) => outputSection(extension, number, literals)),
    '}',
    '',
  ].join('\n')
}

function outputSection(extension: Extension, number: number, literals: Literals): string {
  const { name } = extension
  const start = `__extension_${name}`
  const texts = MODULES.map((module) => [
    `    ${start}_${module} = .;`,
    ...inputs(extension, module, ['.text', '.text.unlikely']),
    `    ${start}_${module}_end = .;`,
  ])
  const words = WITH_LITERALS.map((module) => {
    const { at, length } = literals[module]?.find((own) => own.extension === name) ?? { at: 0, length: 0 }
    return `LONG(${at}) LONG(${length})`
  })
  return [
    `  ${sectionOf(name)} (EXTENSION_VA + ${number} * EXTENSION_STRIDE) : {`,
    `    ${start} = .;`,
    `    LONG(EXTENSION_MAGIC) LONG(${number}) QUAD(${start}_text_end - ${start}) QUAD(${start}_end - ${start}) QUAD(BUILD)`,
    `    ${words.join(' ')}`,
    ...texts.flat(),
    `    . = ALIGN(4096);`,
    `    ${start}_text_end = .;`,
    ...WITH_LITERALS.map((module) => `    KEEP(*/${module}.o(${literalSection(name)}))`),
    ...MODULES.flatMap((module) => inputs(extension, module, ['.rodata', '.rodata.unlikely'])),
    `    . = ALIGN(4096);`,
    `    ${start}_end = .;`,
    `  } :extension_${name}`,
  ].join('\n')
}

function inputs({ services, files, exports }: Extension, module: ModuleName, sections: string[]): string[] {
  if (isService(module) && services.includes(module)) {
    return [`    */${module}.o(${sections.map((section) => `${section} ${section}.*`).join(' ')})`]
  }
  const names = [
    ...(files[module] ?? []).map((file) => functionsOf(file, module)),
    ...(exports[module] ?? []).map((name) => exportOf(name, module)),
  ]
  if (names.length === 0) return []
  return [`    */${module}.o(${names.flatMap((name) => sections.map((section) => `${section}.${name}`)).join(' ')})`]
}

function functionsOf(file: string, module: ModuleName): string {
  return `${symbolOf(file.replace(/\/\*$/, ''), module)}__*`
}

function exportOf(name: string, module: ModuleName): string {
  return `w2c_${module}_${name}`
}

/** As tool/compile/names.ts names it. */
function symbolOf(path: string, module: ModuleName): string {
  return `${module}__${path.replace(new RegExp(`^src/(${module}/)?`), '').replace(/\W+/g, '__')}`
}

/** For the image's constants: where each module's text stands, from the image's start on; 16 times its size and the module's number; ends with a zero. */
export function moduleTable(): string {
  const apart: ModuleName[] = EXTENSIONS.flatMap(({ services }) => services)
  const places = MODULES.flatMap((module) => [
    ...(apart.includes(module) ? [] : [[module, `__${module}_text_start`, `__${module}_text_end`]]),
    ...EXTENSIONS.filter((extension) => hasCode(extension, module)).map(({ name }) => [
      module,
      `__extension_${name}_${module}`,
      `__extension_${name}_${module}_end`,
    ]),
  ])
  const rows = places.map(
    ([module, from, to]) =>
      `    LONG(${from} - IMAGE_VA) LONG((${to} - ${from}) * 16 + ${MODELS[module as ModuleName].id})`,
  )
  return [...rows, '    LONG(0)', ''].join('\n')
}

function hasCode({ services, files, exports }: Extension, module: ModuleName): boolean {
  return (services as ModuleName[]).includes(module) || module in files || module in exports
}

/** Throws unless all calls from elsewhere into an extension go through its doors: only they ask whether it is there. */
export function checkDoors(code: ReadonlyMap<string, Code>): void {
  const callers = new Map<string, string[]>()
  for (const [name, { calls }] of code)
    for (const callee of calls) callers.set(callee, [...(callers.get(callee) ?? []), name])
  /** What clang moved out of functions belongs where they are. */
  const homes = (name: string): string[] =>
    name.startsWith('OUTLINED_FUNCTION') ? (callers.get(name) ?? []).flatMap(homes) : [code.get(name)!.section]
  const problems = EXTENSIONS.flatMap(({ name, doors, exports, areExportsDoors }) => {
    const section = sectionOf(name)
    const isOpen = (module: ModuleName) =>
      Array.isArray(areExportsDoors) ? areExportsDoors.includes(module) : areExportsDoors
    const open = MODULES.flatMap((module) => [
      ...(doors[module] ?? []).map((path) => symbolOf(path, module)),
      ...((isOpen(module) && exports[module]) || []).map((own) => exportOf(own, module)),
    ])
    const inside = [...code].filter(([callee, { section: home }]) => home === section && !open.includes(callee))
    return inside.flatMap(([callee]) =>
      (callers.get(callee) ?? [])
        .filter((caller) => homes(caller).some((home) => home !== section))
        .map((caller) => `${caller} calls ${callee}, which is in extension ${name} and not one of its doors`),
    )
  })
  if (problems.length > 0) throw new CompileError(problems.join('\n'))
}

/**
 * Extensions: text and constants of the hypervisor that not every system needs. They are linked together with the image, at
 * addresses of their own, and become files of their own that a bundle carries where its config wants them (doc/extensions.md).
 */
import { CompileError } from './failure.ts'
import { MODELS, MODULES, type ModuleName } from './model.ts'
import type { Code } from './stack.ts'

export interface Extension {
  /** Place in this list is its number in src/abi/extension.ts. */
  name: string
  /** Source files whose functions go there: `src/<file>`, all of a folder's with `*`, by the module that compiles them. */
  files: Partial<Record<ModuleName, string[]>>
  /** Exports of these modules that go there with them. */
  exports: Partial<Record<ModuleName, string[]>>
  /** What the image and other extensions may call, once they know that the extension is there. */
  doors: string[]
}

export const EXTENSIONS: Extension[] = [
  {
    name: 'virtio',
    files: {
      core: ['src/core/disk', 'src/core/services-disk'],
      vmm: ['src/lib/chacha20', 'src/vmm/virtio/*'],
    },
    exports: {
      core: ['diskDiscard', 'diskRead', 'diskSize', 'diskWritable', 'diskWrite', 'diskZero'],
    },
    doors: [
      'core__disk__createDisk',
      'vmm__virtio__console__hasKeyboard',
      'vmm__virtio__console__input',
      'vmm__virtio__console__room',
      'vmm__virtio__console__space',
      'vmm__virtio__device__attach',
      'vmm__virtio__device__goOn',
      'vmm__virtio__mmio__readSlot',
      'vmm__virtio__mmio__writeSlot',
    ],
  },
  {
    name: 'board',
    files: {
      core: [
        'src/core/bundle-device',
        'src/core/gic-spi',
        'src/core/passthrough',
        'src/core/report-device',
        'src/core/watchdog',
      ],
    },
    exports: {},
    doors: [
      'core__bundle__device__keepIdentities',
      'core__passthrough__assign',
      'core__passthrough__attach',
      'core__passthrough__deliver',
      'core__passthrough__detach',
      'core__passthrough__handOver',
      'core__passthrough__isOf',
      'core__passthrough__route',
      'core__passthrough__take',
      'core__report__device__reportDevices',
      'core__watchdog__begin',
      'core__watchdog__feed',
      'core__watchdog__lost',
      'core__watchdog__setKeeper',
    ],
  },
]

/** Sections of one extension in the ELF, and the symbol of its start. */
export function sectionOf(name: string): string {
  return `.extension.${name}`
}

/** For linker/bulkhead.ld: every extension as an output section at its place, and a segment of the ELF for each. */
export function extensionScript(): string {
  const segments = [...EXTENSIONS.map(({ name }) => `extension_${name}`), 'image']
  return [
    'PHDRS {',
    ...segments.map((segment) => `  ${segment} PT_LOAD;`),
    '}',
    'SECTIONS {',
    ...EXTENSIONS.map(outputSection),
    '}',
    '',
  ].join('\n')
}

function outputSection(extension: Extension, number: number): string {
  const { name } = extension
  const start = `__extension_${name}`
  const texts = MODULES.map((module) => [
    `    ${start}_${module} = .;`,
    ...inputs(extension, module, ['.text', '.text.unlikely']),
    `    ${start}_${module}_end = .;`,
  ])
  return [
    `  ${sectionOf(name)} (EXTENSION_VA + ${number} * EXTENSION_STRIDE) : {`,
    `    ${start} = .;`,
    `    LONG(EXTENSION_MAGIC) LONG(${number}) QUAD(${start}_text_end - ${start}) QUAD(${start}_end - ${start}) QUAD(BUILD)`,
    ...texts.flat(),
    `    . = ALIGN(4096);`,
    `    ${start}_text_end = .;`,
    ...MODULES.flatMap((module) => inputs(extension, module, ['.rodata', '.rodata.unlikely'])),
    `    . = ALIGN(4096);`,
    `    ${start}_end = .;`,
    `  } :extension_${name}`,
  ].join('\n')
}

function inputs({ files, exports }: Extension, module: ModuleName, sections: string[]): string[] {
  const names = [
    ...(files[module] ?? []).map((file) => functionsOf(file, module)),
    ...(exports[module] ?? []).map((name) => `w2c_${module}_${name}`),
  ]
  if (names.length === 0) return []
  return [`    */${module}.o(${names.flatMap((name) => sections.map((section) => `${section}.${name}`)).join(' ')})`]
}

/** As tool/compile/names.ts names them. */
function functionsOf(file: string, module: ModuleName): string {
  const path = file.replace(/^src\//, '').replace(new RegExp(`^${module}/`), '')
  return `${module}__${path.replace(/\/\*$/, '').replace(/\W+/g, '__')}__*`
}

/** For the image's constants: where each module's text stands, as start, end and the module's number; ends with a zero. */
export function moduleTable(): string {
  const places = MODULES.flatMap((module) => [
    [module, `__${module}_text_start`, `__${module}_text_end`],
    ...EXTENSIONS.map(({ name }) => [module, `__extension_${name}_${module}`, `__extension_${name}_${module}_end`]),
  ])
  const rows = places.map(
    ([module, from, to]) => `    QUAD(${from}) QUAD(${to}) QUAD(${MODELS[module as ModuleName].id})`,
  )
  return [...rows, '    QUAD(0)', ''].join('\n')
}

/** Throws unless all calls from elsewhere into an extension go through its doors: only they ask whether it is there. */
export function checkDoors(code: ReadonlyMap<string, Code>): void {
  const callers = new Map<string, string[]>()
  for (const [name, { calls }] of code)
    for (const callee of calls) callers.set(callee, [...(callers.get(callee) ?? []), name])
  /** What clang moved out of functions belongs where they are. */
  const homes = (name: string): string[] =>
    name.startsWith('OUTLINED_FUNCTION') ? (callers.get(name) ?? []).flatMap(homes) : [code.get(name)!.section]
  const problems = EXTENSIONS.flatMap(({ name, doors }) => {
    const section = sectionOf(name)
    const inside = [...code].filter(([callee, { section: home }]) => home === section && !doors.includes(callee))
    return inside.flatMap(([callee]) =>
      (callers.get(callee) ?? [])
        .filter((caller) => homes(caller).some((home) => home !== section))
        .map((caller) => `${caller} calls ${callee}, which is in extension ${name} and not one of its doors`),
    )
  })
  if (problems.length > 0) throw new CompileError(problems.join('\n'))
}

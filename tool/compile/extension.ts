/**
 * Extensions: text and constants of the hypervisor that not every system needs. They are linked together with the image, at
 * addresses of their own, and become files of their own that a bundle carries where its config wants them (doc/extensions.md).
 */
import { CompileError } from './failure.ts'
import { isService, MODELS, MODULES, type ModuleName, type ServiceName, type UnitName } from './model.ts'
import type { Code } from './stack.ts'

export interface Extension {
  /** Place in this list is its number in src/abi/extension.ts. */
  name: string
  /** Services that are there altogether. */
  services: ServiceName[]
  /** Source files whose functions go there: `src/<file>`, all of a folder's with `*`, by the module that compiles them. */
  files: Partial<Record<ModuleName, string[]>>
  /** Exports of these modules that go there with them. */
  exports: Partial<Record<ModuleName, string[]>>
  /** Other extensions may call these exports: core told those that call them that this one is there. */
  areExportsDoors?: boolean
  /** Functions that the image and other extensions may call, once they know that the extension is there; never inlined. */
  doors: Partial<Record<ModuleName, string[]>>
}

export const EXTENSIONS: Extension[] = [
  {
    name: 'virtio',
    services: [],
    files: {
      core: ['src/core/disk', 'src/core/services-disk'],
      vmm: ['src/lib/chacha20', 'src/vmm/virtio/*'],
    },
    exports: {
      core: ['diskDiscard', 'diskRead', 'diskSize', 'diskWritable', 'diskWrite', 'diskZero'],
    },
    doors: {
      core: ['src/core/disk/createDisk'],
      vmm: [
        'src/vmm/virtio/console/hasKeyboard',
        'src/vmm/virtio/console/input',
        'src/vmm/virtio/console/room',
        'src/vmm/virtio/console/space',
        'src/vmm/virtio/device/attach',
        'src/vmm/virtio/device/configure',
        'src/vmm/virtio/device/goOn',
        'src/vmm/virtio/mmio/readSlot',
        'src/vmm/virtio/mmio/writeSlot',
        'src/vmm/virtio/net/collect',
      ],
    },
  },
  {
    name: 'control',
    services: [],
    files: {
      core: ['src/core/control', 'src/core/explain', 'src/core/figure', 'src/core/report-record'],
      host: ['src/host/account', 'src/host/command', 'src/host/control/*', 'src/host/monitor', 'src/host/operate'],
    },
    exports: { core: ['boardByte', 'control', 'explain', 'vmFigure'] },
    doors: {
      core: [
        'src/core/explain/explainOwn',
        'src/core/report-record/recordFault',
        'src/core/report-record/recordModels',
      ],
      host: [
        'src/host/control/event/beginReport',
        'src/host/control/event/reportByte',
        'src/host/control/event/tellState',
        'src/host/control/listen/hear',
        'src/host/control/session/initSession',
        'src/host/monitor/beginMonitor',
        'src/host/monitor/monitorByte',
      ],
    },
  },
  {
    name: 'board',
    services: [],
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
    doors: {
      core: [
        'src/core/bundle-device/keepIdentities',
        'src/core/passthrough/assign',
        'src/core/passthrough/attach',
        'src/core/passthrough/deliver',
        'src/core/passthrough/detach',
        'src/core/passthrough/handOver',
        'src/core/passthrough/isOf',
        'src/core/passthrough/route',
        'src/core/passthrough/take',
        'src/core/report-device/reportDevices',
        'src/core/watchdog/begin',
        'src/core/watchdog/feed',
        'src/core/watchdog/lost',
        'src/core/watchdog/setKeeper',
      ],
    },
  },
  {
    name: 'network',
    services: ['net'],
    files: {
      core: ['src/core/connect', 'src/core/frame', 'src/core/port', 'src/core/services-frame', 'src/core/switch'],
    },
    exports: {
      core: [
        'frameFlush',
        'frameGather',
        'frameOffer',
        'frameRoom',
        'frameSend',
        'frameTake',
        'portClose',
        'portOffload',
        'portOpen',
        'portPlace',
      ],
    },
    areExportsDoors: true,
    doors: {
      core: ['src/core/connect/createPorts', 'src/core/port/closePorts', 'src/core/switch/startSwitch'],
    },
  },
]

/** Paths of all doors into code of a module. */
export function doorsOf(module: UnitName): string[] {
  return module === 'guest' ? [] : EXTENSIONS.flatMap(({ doors }) => doors[module] ?? [])
}

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

/** For the image's constants: where each module's text stands, as start, end and the module's number; ends with a zero. */
export function moduleTable(): string {
  const apart: ModuleName[] = EXTENSIONS.flatMap(({ services }) => services)
  const places = MODULES.flatMap((module) => [
    ...(apart.includes(module) ? [] : [[module, `__${module}_text_start`, `__${module}_text_end`]]),
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
  const problems = EXTENSIONS.flatMap(({ name, doors, exports, areExportsDoors }) => {
    const section = sectionOf(name)
    const open = MODULES.flatMap((module) => [
      ...(doors[module] ?? []).map((path) => symbolOf(path, module)),
      ...((areExportsDoors && exports[module]) || []).map((own) => exportOf(own, module)),
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

/** Each module's place in memory, as C sees it: instance, address of a Wasm address, headers, who may be called. */

/** Compartments of which there is one: src/core/service.ts knows them by their place in this list. */
export const SERVICES = ['host', 'net', 'storage', 'uplink'] as const
/** Those that drive a device of the board's by `src/drive`. */
const DRIVERS: readonly ServiceName[] = ['storage', 'uplink']
export type ServiceName = (typeof SERVICES)[number]
export type ModuleName = 'core' | 'vmm' | ServiceName
/** A guest's program goes through the same steps as the hypervisor's modules. */
export type UnitName = ModuleName | 'guest'

export const MODULES: readonly ModuleName[] = ['core', 'vmm', ...SERVICES]
export const FIRST_SERVICE_ID = 3

export function isService(name: UnitName): name is ServiceName {
  return (SERVICES as readonly UnitName[]).includes(name)
}

/** Where an instance lies: an EL2 address that needs no memory access. */
export const VMM_INSTANCE =
  '((struct w2c_vmm *)(((u64)VMM_SLOT << SLOT_SHIFT) - INSTANCE_BELOW + ((u64)(vm) << SLOT_SHIFT)))'

export function serviceInstance(name: ServiceName): string {
  return `((struct w2c_${name} *)(${serviceBase(name)} - INSTANCE_BELOW))`
}

function serviceBase(name: ServiceName): string {
  return name === 'host'
    ? '((u64)HOST_SLOT << SLOT_SHIFT)'
    : `((u64)(SERVICE_SLOT + ${SERVICES.indexOf(name)}) << SLOT_SHIFT)`
}

export interface Model {
  /** What a trap reports. */
  id: number
  /** Address of `addr` in the linear memory of `instance`. */
  address: string
  /** Headers of boot/ besides layout.h. */
  headers: string[]
  /** Its door to the machine: the import module, and the header whose w2c_<module>_* functions stand behind it. */
  primitives: { module: 'hw' | 'ram'; header: string }
  /** Modules that imports may name. */
  providers: string[]
  /** The C object for a module that has one instance only: reached by name, not through a pointer. */
  single: string | undefined
  /** Section and symbol of linear memory that is part of the image; other windows are mapped when they come into use. */
  memory: { symbol: string; section: string } | undefined
}

export const MODELS: Record<UnitName, Model> = {
  core: {
    id: 0,
    address: '(u8 *)(uintptr_t)(addr)',
    headers: ['wasm-rt.h', 'wasm-rt-atomic.h', 'hw.h'],
    primitives: { module: 'hw', header: 'boot/hw.h' },
    providers: ['env', 'hw', 'link', 'vmm', ...SERVICES],
    single: 'core_instance',
    memory: { symbol: 'core_memory', section: '.bss.core_memory' },
  },
  vmm: {
    id: 1,
    address: '(u8 *)(instance) + INSTANCE_BELOW + (addr)',
    headers: ['wasm-rt.h', 'vmm-ram.h'],
    primitives: { module: 'ram', header: 'boot/vmm-ram.h' },
    providers: ['env', 'ram', 'core'],
    single: undefined,
    memory: undefined,
  },
  host: service('host'),
  net: service('net'),
  storage: service('storage'),
  uplink: service('uplink'),
  guest: {
    id: 2,
    address: 'guest_memory + (addr)',
    headers: ['wasm-rt.h', 'guest.h'],
    primitives: { module: 'hw', header: 'boot/guest.h' },
    providers: ['env', 'hw'],
    single: 'guest_instance',
    memory: { symbol: 'guest_memory', section: '.bss.guest_memory' },
  },
}

function service(name: ServiceName): Model {
  const header = DRIVERS.includes(name) ? 'drive-hw.h' : 'service-hw.h'
  return {
    id: FIRST_SERVICE_ID + SERVICES.indexOf(name),
    address: `(u8 *)${serviceBase(name)} + (addr)`,
    headers: ['wasm-rt.h', header],
    primitives: { module: 'hw', header: `boot/${header}` },
    providers: ['env', 'hw', 'core'],
    single: `(*${serviceInstance(name)})`,
    memory: undefined,
  }
}

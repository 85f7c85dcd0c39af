/** The C that carries a call from one module into another; the one place where instances are found and fuel is filled. */

import { CompileError } from './failure.ts'
import { HOST_INSTANCE, type UnitName, VMM_INSTANCE } from './model.ts'
import type { Import, Interface, Signature } from './signature.ts'

/** Bytes of a window that a module's code and data use, page 0 included. */
export type MemorySizes = Partial<Record<UnitName, number>>

const C_TYPE = { i32: 'u32', i64: 'u64' } as const

/** Everything that module `name`'s generated code calls and boot/*.h do not define. */
export function glue(name: UnitName, { imports }: Interface, sizes: MemorySizes): string {
  return name === 'core' ? coreGlue(imports, sizes) : imports.map(toCore).join('')
}

function coreGlue(imports: Import[], sizes: MemorySizes): string {
  return [
    'struct w2c_vmm;',
    'struct w2c_host;',
    'struct w2c_link;',
    'u64 bulkhead_guarded(struct w2c_host *, u64, u64, u64, void *);',
    'void vmm_instantiate(struct w2c_vmm *);',
    'void host_instantiate(struct w2c_host *);',
    `WASM_INLINE void w2c_link_vmmInstantiate(struct w2c_link *link, u32 vm) { vmm_instantiate(${VMM_INSTANCE}); }`,
    `WASM_INLINE void w2c_link_hostInstantiate(struct w2c_link *link) { host_instantiate(${HOST_INSTANCE}); }`,
    `WASM_INLINE u32 w2c_link_vmmMemorySize(struct w2c_link *link) { return ${sizes.vmm}; }`,
    `WASM_INLINE u32 w2c_link_hostMemorySize(struct w2c_link *link) { return ${sizes.host}; }`,
    '',
    ...imports.filter(({ module }) => module === 'vmm').map(({ name, ...type }) => toCompartment('vmm', name, type)),
    ...imports.filter(({ module }) => module === 'host').map(({ name, ...type }) => toCompartment('host', name, type)),
  ].join('\n')
}

/** An inline function that finds the instance and fills its fuel, in the place of the one that wasm2c's code calls. */
function toCompartment(module: 'vmm' | 'host', name: string, { params, result }: Signature): string {
  const returns = result ? C_TYPE[result] : 'void'
  const passed = module === 'vmm' ? params.slice(1) : params
  const types = [`struct w2c_${module} *`, ...passed.map((type) => C_TYPE[type])].join(', ')
  const values = passed.map((_, i) => `a${i}`)
  const declared = [...(module === 'vmm' ? ['u32 vm'] : []), ...passed.map((type, i) => `${C_TYPE[type]} a${i}`)]
  const call = module === 'vmm' ? plainCall(name, values) : guardedCall(name, values)
  return [
    `${returns} w2c_${module}_${name}(${types});`,
    `WASM_INLINE ${returns} to_${module}_${name}(${declared.join(', ') || 'void'}) {`,
    `  struct w2c_${module} *instance = ${module === 'vmm' ? VMM_INSTANCE : HOST_INSTANCE};`,
    `  *(u32 *)instance = CALL_FUEL_${module.toUpperCase()};`,
    `  ${result ? `return (${returns})` : ''}${call};`,
    '}',
    `#define w2c_${module}_${name}(unused, ...) to_${module}_${name}(__VA_ARGS__)`,
    '',
  ].join('\n')
}

/** A fault in a VM's compartment ends the VM: no call needs to come back. */
function plainCall(name: string, values: string[]): string {
  return `w2c_vmm_${name}(${['instance', ...values].join(', ')})`
}

/** A fault in host ends the call: boot/guard.S, which passes on three values. */
function guardedCall(name: string, values: string[]): string {
  const three = [...values, '0', '0', '0'].slice(0, 3)
  if (values.length > three.length) throw new CompileError(`host.${name}: a guarded call passes on three values`)
  return `bulkhead_guarded(instance, ${three.join(', ')}, (void *)w2c_host_${name})`
}

/** core is one instance that its code finds by itself. */
function toCore({ module, name, params, result }: Import): string {
  if (module !== 'core') return ''
  const types = ['struct w2c_core *', ...params.map((type) => C_TYPE[type])].join(', ')
  return `${result ? C_TYPE[result] : 'void'} w2c_core_${name}(${types});\n`
}

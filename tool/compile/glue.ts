/** The C that carries a call from one module into another; the one place where instances are found and fuel is filled. */

import { CompileError } from './failure.ts'
import { SERVICES, type ServiceName, serviceInstance, type UnitName, VMM_INSTANCE } from './model.ts'
import type { Import, Interface, Signature } from './signature.ts'

/** Bytes of a window that a module's code and data use, page 0 included. */
export type MemorySizes = Partial<Record<UnitName, number>>

const C_TYPE = { i32: 'u32', i64: 'u64' } as const

/** Everything that module `name`'s generated code calls and boot/*.h do not define. */
export function glue(name: UnitName, { imports }: Interface, sizes: MemorySizes): string {
  return name === 'core' ? coreGlue(imports, sizes) : imports.map(toCore).join('')
}

function coreGlue(imports: Import[], sizes: MemorySizes): string {
  const calls = (module: string) => imports.filter((wanted) => wanted.module === module)
  return [
    'struct w2c_vmm;',
    'struct w2c_link;',
    'u64 bulkhead_guarded(void *, u64, u64, u64, void *);',
    'void vmm_instantiate(struct w2c_vmm *);',
    `WASM_INLINE void w2c_link_vmmInstantiate(struct w2c_link *link, u32 vm) { vmm_instantiate(${VMM_INSTANCE}); }`,
    `WASM_INLINE u32 w2c_link_vmmMemorySize(struct w2c_link *link) { return ${sizes.vmm}; }`,
    ...SERVICES.flatMap((name) => [
      `struct w2c_${name};`,
      `void ${name}_instantiate(struct w2c_${name} *);`,
      `WASM_INLINE void w2c_link_${name}Instantiate(struct w2c_link *link) { ${name}_instantiate(${serviceInstance(name)}); }`,
      `WASM_INLINE u32 w2c_link_${name}MemorySize(struct w2c_link *link) { return ${sizes[name]}; }`,
    ]),
    '',
    ...calls('vmm').map(({ name, ...type }) => toVmm(name, type)),
    ...SERVICES.flatMap((service) => calls(service).map(({ name, ...type }) => toService(service, name, type))),
  ].join('\n')
}

/** The VM's index picks the instance. A fault in a VM's compartment ends the VM: no call needs to come back. */
function toVmm(name: string, signature: Signature): string {
  const type = { ...signature, params: signature.params.slice(1) }
  return toCompartment('vmm', name, type, VMM_INSTANCE, ['u32 vm'], (values) => {
    return `w2c_vmm_${name}(${['instance', ...values].join(', ')})`
  })
}

/** A fault in a service ends the call: boot/guard.S, which passes on three values. */
function toService(service: ServiceName, name: string, type: Signature): string {
  if (type.params.length > 3) throw new CompileError(`${service}.${name}: a guarded call passes on three values`)
  return toCompartment(service, name, type, serviceInstance(service), [], (values) => {
    const three = [...values, '0', '0', '0'].slice(0, 3)
    return `bulkhead_guarded(instance, ${three.join(', ')}, (void *)w2c_${service}_${name})`
  })
}

/** An inline function that finds the instance and fills its fuel, in the place of the one that wasm2c's code calls. */
function toCompartment(
  module: 'vmm' | ServiceName,
  name: string,
  { params, result }: Signature,
  instance: string,
  first: string[],
  call: (values: string[]) => string,
): string {
  const returns = result ? C_TYPE[result] : 'void'
  const types = [`struct w2c_${module} *`, ...params.map((type) => C_TYPE[type])].join(', ')
  const declared = [...first, ...params.map((type, i) => `${C_TYPE[type]} a${i}`)]
  return [
    `${returns} w2c_${module}_${name}(${types});`,
    `WASM_INLINE ${returns} to_${module}_${name}(${declared.join(', ') || 'void'}) {`,
    `  struct w2c_${module} *instance = ${instance};`,
    `  *(u32 *)instance = CALL_FUEL_${module.toUpperCase()};`,
    `  ${result ? `return (${returns})` : ''}${call(params.map((_, i) => `a${i}`))};`,
    '}',
    `#define w2c_${module}_${name}(unused, ...) to_${module}_${name}(__VA_ARGS__)`,
    '',
  ].join('\n')
}

/** core is one instance that its code finds by itself. */
function toCore({ module, name, params, result }: Import): string {
  if (module !== 'core') return ''
  const types = ['struct w2c_core *', ...params.map((type) => C_TYPE[type])].join(', ')
  return `${result ? C_TYPE[result] : 'void'} w2c_core_${name}(${types});\n`
}

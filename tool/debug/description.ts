/** The registers as gdb is to know them. GDB manual, "Target Descriptions", "AArch64 Features". */

/** gdb's numbers: x0 to x30, sp, pc, cpsr; then v0 to v31, fpsr, fpcr. */
export const SP = 31
export const PC = 32
export const CPSR = 33
export const V0 = 34
export const FPSR = 66
export const FPCR = 67
export const REGISTER_COUNT = 68

/** Bytes of each register by its number. */
export function sizeOf(register: number): number {
  if (register === CPSR || register >= FPSR) return 4
  return register >= V0 ? 16 : 8
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i)

export const TARGET_XML = `<?xml version="1.0"?>
<!DOCTYPE target SYSTEM "gdb-target.dtd">
<target>
<architecture>aarch64</architecture>
<feature name="org.gnu.gdb.aarch64.core">
${range(31)
  .map((i) => `<reg name="x${i}" bitsize="64"/>`)
  .join('\n')}
<reg name="sp" bitsize="64" type="data_ptr"/>
<reg name="pc" bitsize="64" type="code_ptr"/>
<reg name="cpsr" bitsize="32"/>
</feature>
<feature name="org.gnu.gdb.aarch64.fpu">
<vector id="v2d" type="ieee_double" count="2"/>
<vector id="v2u" type="uint64" count="2"/>
<vector id="v4f" type="ieee_single" count="4"/>
<vector id="v4u" type="uint32" count="4"/>
<vector id="v16u" type="uint8" count="16"/>
<union id="vnd"><field name="f" type="v2d"/><field name="u" type="v2u"/></union>
<union id="vns"><field name="f" type="v4f"/><field name="u" type="v4u"/></union>
<union id="aarch64v"><field name="d" type="vnd"/><field name="s" type="vns"/><field name="b" type="v16u"/></union>
${range(32)
  .map((i) => `<reg name="v${i}" bitsize="128" type="aarch64v"/>`)
  .join('\n')}
<reg name="fpsr" bitsize="32"/>
<reg name="fpcr" bitsize="32"/>
</feature>
</target>
`

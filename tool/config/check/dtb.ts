/** What only a generated DTB can carry is not asked for without one. */
import type { Problem } from '../../ui/failure.ts'
import type { Vm } from '../system.ts'

export function checkDtb(vm: Vm): Problem[] {
  if (vm.dtb.generated) return []
  const path = `vms[${vm.index}]`
  const without = vm.dtb.file ? 'a DTB of your own is passed on as it is' : 'there is no DTB to carry it'
  const found: Problem[] = []
  if (vm.bootargs !== undefined) {
    const remedy = vm.dtb.file ? 'put it into that DTB, /chosen bootargs' : "remove it, or use dtb: 'generated'"
    found.push({ path: `${path}.bootargs`, reason: `the guest would not see this: ${without}`, remedy })
  }
  if (vm.initrd !== undefined) {
    const reason = `the guest would not find this: ${without}`
    found.push({ path: `${path}.initrd`, reason, remedy: "remove it, or use dtb: 'generated'" })
  }
  if (!vm.dtb.file && vm.dtb.address !== undefined) {
    found.push({ path: `${path}.dtb.address`, reason: 'there is no DTB to put there', remedy: 'remove it' })
  }
  return found
}

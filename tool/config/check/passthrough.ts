/** A device of the board belongs to one VM, with all that it cannot be parted from: its page, its interrupt, its pins. */
import {
  DEVICE_SIZE,
  GICC_IPA,
  GICC_SIZE,
  GICD_IPA,
  GICD_SIZE,
  GICR_IPA,
  GICR_STRIDE,
  INTID_COUNT,
  RTC_INTID,
  RTC_IPA,
  STOLEN_IPA,
  UART_INTID,
  UART_IPA,
  VIRTIO_INTID,
  VIRTIO_IPA,
  VIRTIO_SLOTS,
  VIRTIO_STRIDE,
  WATCHDOG_INTID,
  WATCHDOG_IPA,
} from '../../../src/abi/guest-machine.ts'
import type { Problem } from '../../ui/failure.ts'
import { hex, rangeText } from '../../ui/number.ts'
import { suggestion } from '../../ui/suggest.ts'
import type { Board, Range } from '../board.ts'
import { type BoardDevice, meet, pagesOf } from '../board-device.ts'
import type { Machine, Vm } from '../system.ts'

interface Given {
  vm: Vm
  path: string
  name: string
  device: BoardDevice
}

export function checkPassthrough(vms: readonly Vm[], machine?: Machine): Problem[] {
  if (!machine) return []
  const { board } = machine
  const found: Problem[] = []
  const given: Given[] = []
  for (const vm of vms) {
    for (const [i, name] of vm.passthrough.entries()) {
      const path = `vms[${vm.index}].passthrough[${i}]`
      const device = board.devices && Object.hasOwn(board.devices, name) ? board.devices[name] : undefined
      if (device) given.push({ vm, path, name, device })
      else found.push({ path, ...unknown(name, board) })
    }
    found.push(...checkTrust(vm, board))
  }
  for (const [i, one] of given.entries()) {
    const reason = withBoard(one, board) ?? withMachine(one)
    if (reason) found.push({ path: one.path, ...reason })
    const other = given.slice(0, i).flatMap((earlier) => between(one, earlier) ?? [])[0]
    if (other) found.push({ path: one.path, ...other })
  }
  return found
}

type Reason = Omit<Problem, 'path'>

function unknown(name: string, board: Board): Reason {
  const names = Object.keys(board.devices ?? {})
  if (names.length === 0) {
    return { reason: `${board.name} has no device that a VM could have`, remedy: `add it to board/${board.name}.ts` }
  }
  return { reason: `${board.name} has no device '${name}' for VMs`, remedy: suggestion(name, names) }
}

/** Masters of the bus are asked for by name and by a word that says what that means. */
function checkTrust(vm: Vm, board: Board): Problem[] {
  const masters = vm.passthrough.filter((name) => board.devices?.[name]?.dma)
  const path = `vms[${vm.index}].trustedDma`
  if (masters.length > 0 && !vm.trustedDma) {
    const reason = `${masters.join(' and ')} can read and write all memory, Bulkhead's and every VM's, and no IOMMU is before it`
    return [{ path, reason, remedy: "write trustedDma: true if you trust this VM's guest with everything" }]
  }
  if (masters.length === 0 && vm.trustedDma) {
    return [{ path, reason: 'none of its devices reads or writes memory by itself', remedy: 'remove it' }]
  }
  return []
}

/** What the hypervisor keeps. */
function withBoard({ name, device }: Given, { uart, sd }: Board): Reason | undefined {
  const console = { start: uart.base & ~0xfff, end: (uart.base & ~0xfff) + 0x1000 }
  const keeps = 'which the hypervisor keeps'
  if (meet(pagesOf(device), console)) {
    const reason = `the registers of ${name} are in one 4 KiB page with the console's UART, ${keeps}`
    return { reason, remedy: 'use another device' }
  }
  if (device.intids.includes(uart.intid)) {
    return { reason: `${name} shares interrupt ${uart.intid} with the console, ${keeps}`, remedy: 'use another device' }
  }
  const pin = device.pins?.numbers.find((number) => sd?.consolePins.includes(number))
  if (pin === undefined) return undefined
  return { reason: `${name} needs GPIO ${pin}, where the console is`, remedy: 'use another device' }
}

/** What the VM's own machine has at the same address or number. */
function withMachine({ vm, name, device }: Given): Reason | undefined {
  const pages = pagesOf(device)
  const beyond = device.intids.find((intid) => intid >= INTID_COUNT)
  if (beyond !== undefined) {
    return { reason: `${name} has interrupt ${beyond}, a VM's end at ${INTID_COUNT - 1}`, remedy: 'use another device' }
  }
  for (const [owner, range, intids, remedy] of models(vm)) {
    const intid = device.intids.find((each) => intids.includes(each))
    if (!meet(pages, range) && intid === undefined) continue
    const what = intid === undefined ? `registers at ${hex(pages.start)}` : `interrupt ${intid}`
    return { reason: `${name} has its ${what} where the VM has its ${owner}`, remedy }
  }
  return undefined
}

function models(vm: Vm): [owner: string, range: Range, intids: number[], remedy: string][] {
  const range = (start: number, size: number) => ({ start, end: start + size })
  const left = (name: string) => `leave '${name}' out of its devices`
  const other = 'use another device'
  const list: ReturnType<typeof models> = [
    ['RAM', range(vm.ramBase, vm.memory), [], 'give it less memory'],
    ['GIC', range(GICD_IPA, GICD_SIZE), [], other],
    ['GIC', range(GICC_IPA, GICC_SIZE), [], other],
    ['GIC', range(GICR_IPA, GICR_STRIDE * vm.cpus), [], other],
    ['stolen time', range(STOLEN_IPA, vm.server ? DEVICE_SIZE : 0), [], other],
  ]
  if (vm.devices.includes('uart')) list.push(['UART', range(UART_IPA, DEVICE_SIZE), [UART_INTID], left('uart')])
  if (vm.devices.includes('rtc')) list.push(['clock', range(RTC_IPA, DEVICE_SIZE), [RTC_INTID], left('rtc')])
  if (vm.life.watchdog) list.push(['watchdog', range(WATCHDOG_IPA, DEVICE_SIZE), [WATCHDOG_INTID], 'drop its watchdog'])
  const slots = vm.virtio.map((_, slot) => VIRTIO_INTID + slot)
  list.push(['virtio slots', range(VIRTIO_IPA, VIRTIO_SLOTS * VIRTIO_STRIDE), slots, 'use fewer virtio devices'])
  return list
}

function between(one: Given, other: Given): Reason | undefined {
  const own = one.vm === other.vm
  if (one.name === other.name) {
    if (own) return { reason: `'${one.name}' is listed twice`, remedy: 'list it once' }
    return { reason: `VM '${other.vm.name}' has ${one.name} already`, remedy: 'give it to one of them' }
  }
  const pin = one.device.pins?.numbers.find((number) => other.device.pins?.numbers.includes(number))
  if (pin !== undefined) {
    return { reason: `${one.name} and ${other.name} both need GPIO ${pin}`, remedy: 'use another device' }
  }
  if (own) return undefined
  const both = `${one.name} and VM '${other.vm.name}''s ${other.name}`
  const remedy = `give both to one VM, or use another device`
  if (meet(pagesOf(one.device), pagesOf(other.device))) {
    const { start } = pagesOf(one.device)
    return {
      reason: `${both} have their registers in one page, ${rangeText(start, 0x1000)}, which cannot be parted`,
      remedy,
    }
  }
  const intid = one.device.intids.find((each) => other.device.intids.includes(each))
  if (intid === undefined) return undefined
  return {
    reason: `${both} raise the same interrupt, ${intid} (SPI ${intid - 32}), and nobody can tell whose it is`,
    remedy,
  }
}

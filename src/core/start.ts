/** Boot, from the loader's hand-over to the first vCPU. Reads as its own table of contents; each step says what it lacks. */
import {
  EXTENSION_BOARD,
  EXTENSION_CONTROL,
  EXTENSION_LIFE,
  EXTENSION_NETWORK,
  EXTENSION_SHARE,
} from '../abi/extension'
import { BUNDLE_AT, DTB_AT, PAGE_SIZE, WINDOW_DEVICE } from '../abi/layout'
import { EL2_DEVICE } from '../arch/descriptor'
import * as hw from '../hw'
import * as fdt from '../lib/fdt'
import { isEmpty } from '../lib/literal'
import { imageEnd, imageStart, setImage } from './address'
import { admit } from './admit'
import * as boardLife from './board-life'
import * as bundle from './bundle'
import { keepIdentities } from './bundle-device'
import { setFrequency } from './choose'
import * as clock from './clock'
import { openControl } from './control-boot'
import { cpuAt, cpuCount, isOpened, thisCpu, WORK_RESCHEDULE } from './cpu'
import { createVm } from './create'
import { fillPool } from './entropy'
import { hasExtension } from './extension'
import * as firmware from './firmware'
import * as gic from './gic'
import * as hostLife from './host-life'
import { setKeeper } from './keeper'
import { startWaiting } from './life'
import { hostMemorySize } from './link'
import { loadExtensions } from './load-extension'
import * as log from './log'
import * as machine from './machine'
import * as monitor from './monitor'
import * as pages from './pages'
import { NO_TREE, park, TREE_REMEDY } from './panic'
import { reportMemory, reportReady } from './report-boot'
import { settle } from './schedule'
import { configureCpu, startCpus } from './secondary'
import { wantsEntropy } from './seed'
import { baseOf, HOST, mapService } from './service'
import { createShared } from './shared-memory'
import { map, openDirectMap } from './stage1'
import { startSwitch } from './switch'
import { seedTemplates } from './template'
import { mpidrOf } from './topology'
import { vmAt, vmCount } from './vm'
import { closeWindow, openWindow, TREE_LIMIT } from './window'
import { routeWire } from './wire'

/** `dtb` and `image` are physical addresses; `level` is the exception level that the loader entered us at. */
export function boot(dtb: u64, image: u64, level: u32): usize {
  setImage(image)
  monitor.setEntry(level)
  const size = openDtb(dtb)
  if (!size) return park(NO_TREE, TREE_REMEDY)
  machine.survey()
  if (!machine.readConsole())
    return park('the device tree names no console', 'set /chosen/stdout-path to a UART that we drive')
  if (!machine.hasMemory()) return park('the device tree names no memory', 'give it a /memory node with a reg')
  machine.readSystem()
  if (machine.bundleSize && !pages.holds(machine.bundlePa, machine.bundleSize))
    return park('the initrd lies outside memory', 'let the boot loader put the bundle into RAM')
  if (!machine.keepReserved() || !keepOwnMemory(dtb, size) || !openDirectMap())
    return park('memory is in too many pieces', 'reserve fewer ranges')
  const console = startConsole()
  if (!isEmpty(console)) return park(console, 'give the board more RAM')
  if (!firmware.openFirmware()) return park(pages.NO_MEMORY, 'give the board more RAM')
  if (!machine.gicVersion) return park('no interrupt controller that we drive', 'use a board with GICv2 or GICv3')
  if (!hw.cntfrq_el0()) return park('the counter has no frequency: CNTFRQ_EL0 is 0', 'let the firmware set it')
  if (!gic.init() || !startFirstCpu())
    return park('the interrupt controller does not answer', 'check its node in the device tree')
  firmware.guardBoot()
  clock.read()
  setFrequency(hw.cntfrq_el0())
  return startSystem()
}

/** The bundle's VMs, then the other CPUs, then this one's own vCPU. */
function startSystem(): usize {
  const problem = bundle.openBundle()
  if (!isEmpty(problem)) return park(problem, 'pass a bundle made by `bulkhead build` for this board as the initrd')
  const missing = loadExtensions()
  if (!isEmpty(missing)) return park(missing, 'build the bundle with the same `bulkhead` as the image')
  attachControl()
  if (hasExtension(EXTENSION_CONTROL)) openControl()
  if (!bundle.countVms()) return park('the bundle has no VM, or too many', 'build it again')
  if (hasExtension(EXTENSION_BOARD) && !keepIdentities())
    return park('RAM that a VM must have is not free', 'give that VM less, or the board more')
  for (let i: u32 = 0; i < vmCount; i++) {
    const problem = createVm(i)
    if (!isEmpty(problem)) return park(problem, 'change the config and build the bundle again')
    nameSource(i)
    if (vmAt(i).vcpuCount && wantsEntropy(vmAt(i))) fillPool(vmAt(i))
  }
  const refusal = hasExtension(EXTENSION_SHARE) ? createShared() : ''
  if (!isEmpty(refusal)) return park(refusal, 'change the config and build the bundle again')
  for (let i: u32 = 0; i < cpuCount; i++) {
    const refusal = isOpened(i) ? admit(cpuAt(i).first) : ''
    if (!isEmpty(refusal)) return park(refusal, 'change the config and build the bundle again')
  }
  reportMemory()
  if (hasExtension(EXTENSION_BOARD)) boardLife.begin()
  if (hasExtension(EXTENSION_LIFE)) seedTemplates()
  if (hasExtension(EXTENSION_NETWORK) && !startSwitch())
    return park('the network switch does not begin', 'give the board more RAM')
  closeWindow(DTB_AT)
  closeWindow(BUNDLE_AT)
  startWaiting(thisCpu()) // each CPU finds its own when it comes
  const keeper = startCpus()
  setKeeper(keeper)
  gic.enableSpi(machine.uartIntid, keeper)
  if (hasExtension(EXTENSION_CONTROL)) routeWire(keeper)
  if (hasExtension(EXTENSION_BOARD)) boardLife.open(thisCpu(), keeper)
  else firmware.endGuard()
  reportReady()
  thisCpu().work = WORK_RESCHEDULE
  return settle(thisCpu())
}

function openDtb(dtb: u64): u32 {
  if (!dtb || dtb & 7) return 0
  const at = openWindow(DTB_AT, dtb)
  if (!at) return 0
  const size = fdt.size(at, TREE_LIMIT)
  if (size) machine.setDtb(at)
  return size && fdt.root(at) ? size : 0
}

function keepOwnMemory(dtb: u64, dtbSize: u32): bool {
  return (
    pages.reserve(0, PAGE_SIZE) &&
    pages.reserve(imageStart(), imageEnd() - imageStart()) &&
    pages.reserve(dtb, dtbSize) &&
    (!machine.bundleSize || pages.reserve(machine.bundlePa, machine.bundleSize))
  )
}

/** host's compartment gets its memory and the UART's page, and speaks from here on. */
function startConsole(): string {
  if (!mapService(HOST, hostMemorySize())) return 'no memory for the console'
  const uart = machine.uartPa & ~(<u64>(PAGE_SIZE - 1))
  if (!map(baseOf(HOST) + <u64>WINDOW_DEVICE, uart, PAGE_SIZE, EL2_DEVICE)) return 'no memory for the console'
  return hostLife.begin() ? '' : 'the console fails as soon as it begins'
}

function startFirstCpu(): bool {
  const cpu = thisCpu()
  cpu.index = 0
  cpu.online = 1
  cpu.mpidr = mpidrOf(0)
  cpu.consoleAt = cpu.alarmAt = cpu.boardAt = u64.MAX_VALUE
  configureCpu()
  return gic.initCpu(cpu)
}

function attachControl(): void {
  log.lockHost()
  hostLife.attach()
  log.unlockHost()
}

function nameSource(index: u32): void {
  log.lockHost()
  hostLife.tellName(index)
  log.unlockHost()
}

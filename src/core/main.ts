/** core: CPUs, memory, world switch, physical interrupts. What boot/*.S, the vmm instances and host call. */

export { onDataAbort, onHypercall, onIrq, onSerror, onSmc, onSync, onSystemRegister } from './exit'
export { onFault, onServiceFault, onServiceTrap, onTrap } from './fault'
export { bootSecondary } from './secondary'
export {
  again,
  consolePut,
  consoleReady,
  consoleWrite,
  counter,
  deactivate,
  entropy,
  epoch,
  frequency,
  gicControl,
  gicEoiCount,
  gicStatus,
  kick,
  lrEmpty,
  lrEnded,
  lrRead,
  lrRefill,
  lrWrite,
  ramContains,
  refuse,
  setX,
  statistic,
  stolenAt,
  timerLine,
  vcpuOff,
  vcpuOn,
  vcpuSuspend,
  vmStop,
  wakeAt,
} from './services'
export { ramPutBack, ramTakeOut } from './services-balloon'
export {
  debug,
  debugHalts,
  debugPlace,
  debugPoint,
  debugPoints,
  debugRead,
  debugRegister,
  debugSetRegister,
  debugVcpus,
  debugWrite,
} from './services-debug'
export { diskDiscard, diskRead, diskSize, diskWritable, diskWrite, diskZero } from './services-disk'
export { deviceRead, deviceWrite, dmaAddress, dmaCoherent, dmaSize, requestDone } from './services-drive'
export {
  frameFlush,
  frameGather,
  frameOffer,
  frameRoom,
  frameSend,
  frameTake,
  portClose,
  portOffload,
  portOpen,
  portPlace,
} from './services-frame'
export { boardByte, control, explain, ticks, vmFigure, vmState } from './services-host'
export { vmAlive, vmHang } from './services-life'
export { packetResets, packetSend } from './services-socket'
export {
  volumeAbilities,
  volumeClaim,
  volumeClear,
  volumeEmpty,
  volumeFill,
  volumeForget,
  volumeRelease,
  volumeSubmit,
  volumeTake,
} from './services-volume'
export { boot } from './start'

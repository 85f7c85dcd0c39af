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
export { balloonWish, ramPutBack, ramTakeOut } from './services-balloon'
export { controlRead, controlReset, controlWrite, terminalPort, terminalSize } from './services-console'
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
  traceBegin,
  traceCount,
  traceWord,
} from './services-debug'
export { diskDiscard, diskRead, diskSize, diskStored, diskWritable, diskWrite, diskZero } from './services-disk'
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
export {
  gpioArm,
  gpioCount,
  gpioDirect,
  gpioDirection,
  gpioSense,
  gpioSet,
  gpioTake,
  gpioValue,
} from './services-gpio'
export {
  balloon,
  boardByte,
  challengeWord,
  consolePort,
  consoleSize,
  control,
  explain,
  freeMemory,
  keyed,
  offerWord,
  proofWord,
  templateByte,
  ticks,
  unlock,
  unlockWait,
  vmCreate,
  vmFigure,
  vmState,
} from './services-host'
export { vmAlive, vmHang } from './services-life'
export { sharedFigure, sharedRing, sharedRung, sharedSetState, sharedTake } from './services-shared'
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

/** What goes into which extension (doc/extensions.md); tool/compile/extension.ts makes them of it. */
import { CONTROL } from './extension-control.ts'
import { DEBUG } from './extension-debug.ts'
import { NETWORK, UPLINK } from './extension-network.ts'
import type { Extension } from './extension-record.ts'
import { STORAGE } from './extension-storage.ts'
import { VIRTIO } from './extension-virtio.ts'

export type { Extension }

export const EXTENSIONS: Extension[] = [
  VIRTIO,
  CONTROL,
  {
    name: 'board',
    services: [],
    files: {
      core: [
        'src/core/board-life',
        'src/core/bundle-device',
        'src/core/device-clock',
        'src/core/gic-spi',
        'src/core/gpio',
        'src/core/gpio-chip',
        'src/core/grant',
        'src/core/passthrough',
        'src/core/report-board',
        'src/core/services-gpio',
        'src/core/taken',
        'src/core/trial',
        'src/core/watchdog',
        'src/lib/fdt-dma',
      ],
    },
    exports: {
      core: [
        'deviceRead',
        'deviceWrite',
        'dmaAddress',
        'dmaCoherent',
        'dmaSize',
        'gpioArm',
        'gpioCount',
        'gpioDirect',
        'gpioDirection',
        'gpioSense',
        'gpioSet',
        'gpioTake',
        'gpioValue',
      ],
    },
    areExportsDoors: true,
    doors: {
      core: [
        'src/core/board-life/begin',
        'src/core/board-life/detach',
        'src/core/board-life/keep',
        'src/core/board-life/open',
        'src/core/board-life/take',
        'src/core/bundle-device/keepIdentities',
        'src/core/gic-spi/mask',
        'src/core/grant/enter',
        'src/core/grant/grant',
        'src/core/grant/grantAt',
        'src/core/grant/setOpen',
        'src/core/passthrough/assign',
        'src/core/passthrough/attach',
        'src/core/passthrough/deliver',
        'src/core/passthrough/handOver',
        'src/core/passthrough/isOf',
        'src/core/watchdog/begin',
        'src/core/watchdog/lost',
      ],
    },
  },
  NETWORK,
  STORAGE,
  {
    name: 'life',
    services: [],
    files: {
      core: [
        'src/core/arena',
        'src/core/make',
        'src/core/readiness',
        'src/core/report-hang',
        'src/core/services-life',
        'src/core/template',
        'src/core/unmake',
      ],
      vmm: ['src/vmm/life/*'],
    },
    exports: { core: ['vmAlive', 'vmHang'] },
    doors: {
      core: [
        'src/core/make/makeVm',
        'src/core/make/unmakeVm',
        'src/core/readiness/beginIfReady',
        'src/core/readiness/reportImpatience',
        'src/core/readiness/waitOf',
        'src/core/template/noteTemplate',
        'src/core/template/seedTemplates',
        'src/core/template/templateNameByte',
        'src/core/unmake/unlinkOwn',
      ],
      vmm: [
        'src/vmm/life/look/look',
        'src/vmm/life/sign/configure',
        'src/vmm/life/sign/giveSign',
        'src/vmm/life/watchdog/readWatchdog',
        'src/vmm/life/watchdog/reset',
        'src/vmm/life/watchdog/writeWatchdog',
      ],
    },
  },
  DEBUG,
  {
    name: 'share',
    services: [],
    files: { core: ['src/core/services-shared', 'src/core/shared-memory'] },
    exports: { core: ['sharedFigure', 'sharedRing', 'sharedRung', 'sharedSetState', 'sharedTake'] },
    areExportsDoors: true,
    doors: { core: ['src/core/shared-memory/createShared', 'src/core/shared-memory/leaveShared'] },
  },
  UPLINK,
  {
    name: 'breakpoint',
    services: [],
    files: { core: ['src/core/breakpoint'] },
    exports: {},
    doors: { core: ['src/core/breakpoint/change', 'src/core/breakpoint/take'] },
  },
]

/** What goes into which extension (doc/extensions.md); tool/compile/extension.ts makes them of it. */
import { DEBUG } from './extension-debug.ts'
import { NETWORK, UPLINK } from './extension-network.ts'
import type { Extension } from './extension-record.ts'

export type { Extension }

export const EXTENSIONS: Extension[] = [
  {
    name: 'virtio',
    services: [],
    files: {
      core: [
        'src/core/balloon',
        'src/core/bundle-disk',
        'src/core/disk',
        'src/core/services-balloon',
        'src/core/services-disk',
      ],
      vmm: ['src/lib/chacha20', 'src/vmm/virtio/*'],
    },
    exports: {
      core: [
        'diskDiscard',
        'diskRead',
        'diskSize',
        'diskWritable',
        'diskWrite',
        'diskZero',
        'ramPutBack',
        'ramTakeOut',
      ],
    },
    doors: {
      core: [
        'src/core/balloon/createBalloon',
        'src/core/balloon/fetchBack',
        'src/core/balloon/restoreAll',
        'src/core/bundle-disk/readDisk',
        'src/core/disk/createDisk',
      ],
      vmm: [
        'src/vmm/virtio/console/hasKeyboard',
        'src/vmm/virtio/console/input',
        'src/vmm/virtio/console/room',
        'src/vmm/virtio/console/space',
        'src/vmm/virtio/device/attach',
        'src/vmm/virtio/device/collect',
        'src/vmm/virtio/device/configure',
        'src/vmm/virtio/device/goOn',
        'src/vmm/virtio/mmio/readSlot',
        'src/vmm/virtio/mmio/writeSlot',
        'src/vmm/virtio/device/collect',
      ],
    },
  },
  {
    name: 'control',
    services: [],
    files: {
      core: ['src/core/board-map', 'src/core/control', 'src/core/explain', 'src/core/figure', 'src/core/report-record'],
      host: ['src/host/account', 'src/host/command', 'src/host/control/*', 'src/host/monitor', 'src/host/operate'],
    },
    exports: { core: ['boardByte', 'control', 'explain', 'vmFigure'] },
    doors: {
      core: [
        'src/core/board-map/openMap',
        'src/core/board-map/sayOwner',
        'src/core/board-map/tellFirst',
        'src/core/explain/explainOwn',
        'src/core/report-record/recordFault',
        'src/core/report-record/recordModels',
      ],
      host: [
        'src/host/control/event/beginReport',
        'src/host/control/event/reportByte',
        'src/host/control/event/tellState',
        'src/host/control/listen/hear',
        'src/host/control/session/initSession',
        // What speaks by the protocol: debug
        'src/host/control/json/beginValues',
        'src/host/control/json/nextValue',
        'src/host/control/record/add',
        'src/host/control/record/addByte',
        'src/host/control/record/addField',
        'src/host/control/record/addNumber',
        'src/host/control/record/endRecord',
        'src/host/control/reply/beginReply',
        'src/host/control/reply/refuse',
        'src/host/control/reply/refuseState',
        'src/host/control/request/isWord',
        'src/host/monitor/beginMonitor',
        'src/host/monitor/monitorByte',
      ],
    },
  },
  {
    name: 'board',
    services: [],
    files: {
      core: [
        'src/core/board-life',
        'src/core/bundle-device',
        'src/core/gic-spi',
        'src/core/grant',
        'src/core/passthrough',
        'src/core/report-board',
        'src/core/trial',
        'src/core/watchdog',
      ],
    },
    exports: { core: ['deviceRead', 'deviceWrite', 'dmaAddress', 'dmaCoherent', 'dmaSize'] },
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
  {
    name: 'storage',
    services: ['storage'],
    files: {
      core: [
        'src/core/dispatch',
        'src/core/services-drive',
        'src/core/services-volume',
        'src/core/storage-life',
        'src/core/volume',
      ],
    },
    exports: {
      core: [
        'requestDone',
        'volumeAbilities',
        'volumeClaim',
        'volumeClear',
        'volumeEmpty',
        'volumeFill',
        'volumeForget',
        'volumeRelease',
        'volumeSubmit',
        'volumeTake',
      ],
    },
    areExportsDoors: true,
    doors: {
      core: [
        'src/core/dispatch/interrupt',
        'src/core/services-volume/forgetVolumes',
        'src/core/storage-life/startStorage',
        'src/core/volume/canWrite',
        'src/core/volume/claimVolume',
        'src/core/volume/sizeOfVolume',
      ],
    },
  },
  {
    name: 'life',
    services: [],
    files: {
      core: ['src/core/readiness', 'src/core/report-hang', 'src/core/services-life'],
      vmm: ['src/vmm/life/*'],
    },
    exports: { core: ['vmAlive', 'vmHang'] },
    doors: {
      core: ['src/core/readiness/beginIfReady', 'src/core/readiness/reportImpatience', 'src/core/readiness/waitOf'],
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
  UPLINK,
]

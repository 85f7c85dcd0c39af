/** What goes into which extension (doc/extensions.md); tool/compile/extension.ts makes them of it. */
import type { ModuleName, ServiceName } from './model.ts'

export interface Extension {
  /** Place in this list is its number in src/abi/extension.ts. */
  name: string
  /** Services that are there altogether. */
  services: ServiceName[]
  /** Source files whose functions go there: `src/<file>`, all of a folder's with `*`, by the module that compiles them. */
  files: Partial<Record<ModuleName, string[]>>
  /** Exports of these modules that go there with them. */
  exports: Partial<Record<ModuleName, string[]>>
  /** Other extensions may call these exports: core told those that call them that this one is there. */
  areExportsDoors?: boolean
  /** Functions that the image and other extensions may call, once they know that the extension is there; never inlined. */
  doors: Partial<Record<ModuleName, string[]>>
}

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
        'src/vmm/virtio/device/configure',
        'src/vmm/virtio/device/goOn',
        'src/vmm/virtio/mmio/readSlot',
        'src/vmm/virtio/mmio/writeSlot',
        'src/vmm/virtio/net/collect',
      ],
    },
  },
  {
    name: 'control',
    services: [],
    files: {
      core: ['src/core/control', 'src/core/explain', 'src/core/figure', 'src/core/report-record'],
      host: ['src/host/account', 'src/host/command', 'src/host/control/*', 'src/host/monitor', 'src/host/operate'],
    },
    exports: { core: ['boardByte', 'control', 'explain', 'vmFigure'] },
    doors: {
      core: [
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
  {
    name: 'network',
    services: ['net'],
    files: {
      core: [
        'src/core/connect',
        'src/core/frame',
        'src/core/port',
        'src/core/port-share',
        'src/core/services-frame',
        'src/core/switch',
        'src/core/tell',
      ],
    },
    exports: {
      core: [
        'frameFlush',
        'frameGather',
        'frameOffer',
        'frameRoom',
        'frameSend',
        'frameTake',
        'portClose',
        'portOffload',
        'portOpen',
        'portPlace',
      ],
    },
    areExportsDoors: true,
    doors: {
      core: [
        'src/core/connect/createPorts',
        'src/core/frame/sendWhole',
        'src/core/port/claimPort',
        'src/core/port/close',
        'src/core/port/closePorts',
        'src/core/port/lockPort',
        'src/core/port/openOutside',
        'src/core/port/unlockPort',
        'src/core/port-share/clear',
        'src/core/port-share/letGo',
        'src/core/switch/startSwitch',
        'src/core/tell/tellReceivers',
      ],
    },
  },
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
        'src/core/volume/claimVolume',
        'src/core/volume/sizeOfVolume',
      ],
    },
  },
  {
    name: 'uplink',
    services: ['uplink'],
    files: { core: ['src/core/incoming', 'src/core/outside', 'src/core/uplink-life'] },
    exports: {},
    doors: {
      core: [
        'src/core/incoming/resume',
        'src/core/incoming/takeInterrupt',
        'src/core/outside/flush',
        'src/core/uplink-life/startUplink',
      ],
    },
  },
]

/** What of the hypervisor networks need: between VMs, and to the board's network card. Of tool/compile/extension-list.ts. */
import type { Extension } from './extension-record.ts'

export const NETWORK: Extension = {
  name: 'network',
  services: ['net'],
  files: {
    core: [
      'src/core/connect',
      'src/core/depart',
      'src/core/frame',
      'src/core/mac',
      'src/core/packet',
      'src/core/port',
      'src/core/port-number',
      'src/core/port-share',
      'src/core/services-frame',
      'src/core/services-socket',
      'src/core/socket',
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
      'packetResets',
      'packetSend',
      'portClose',
      'portOffload',
      'portOpen',
      'portPlace',
    ],
  },
  areExportsDoors: true,
  doors: {
    core: [
      'src/core/connect/closePorts',
      'src/core/connect/createPorts',
      'src/core/connect/providePorts',
      'src/core/depart/departPorts',
      'src/core/depart/freePorts',
      'src/core/frame/sendWhole',
      'src/core/port/close',
      'src/core/port/lockPort',
      'src/core/port/openOutside',
      'src/core/port/unlockPort',
      'src/core/port-number/beginPort',
      'src/core/port-number/keepPorts',
      'src/core/port-share/clear',
      'src/core/port-share/letGo',
      'src/core/switch/markMember',
      'src/core/switch/startSwitch',
      'src/core/tell/tellReceivers',
    ],
  },
}

export const UPLINK: Extension = {
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
}

/** What the extension `storage` is made of: disks on the board's storage. */
import type { Extension } from './extension-list.ts'

export const STORAGE: Extension = {
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
}

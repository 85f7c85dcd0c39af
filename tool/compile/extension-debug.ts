/** The extension that lets debuggers have guests: doc/debug.md. */
import type { Extension } from './extension-record.ts'

export const DEBUG: Extension = {
  name: 'debug',
  services: [],
  files: {
    core: [
      'src/core/debug',
      'src/core/debug-point',
      'src/core/debug-walk',
      'src/core/services-debug',
      'src/core/trace',
    ],
    host: ['src/host/debug/*'],
  },
  exports: {
    core: [
      'debug',
      'debugHalts',
      'debugPlace',
      'debugPoint',
      'debugPoints',
      'debugRead',
      'debugRegister',
      'debugSetRegister',
      'debugVcpus',
      'debugWrite',
      'traceBegin',
      'traceCount',
      'traceWord',
    ],
  },
  doors: {
    core: [
      'src/core/debug/caught',
      'src/core/debug-point/enter',
      'src/core/debug/holds',
      'src/core/debug/look',
      'src/core/debug/pass',
      'src/core/debug/readDebug',
    ],
    host: ['src/host/debug/serve/serveDebug', 'src/host/debug/trace/serveTrace'],
  },
}

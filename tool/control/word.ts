/** Words of the control protocol: states, methods, causes, and the names of its errors. doc/control.md. */
import * as abi from '../../src/abi/control.ts'

export const STATES = ['absent', 'defined', 'starting', 'running', 'paused', 'stopping', 'stopped', 'crashed'] as const
/** Methods that name a VM and change its life. */
export const OPERATIONS = ['start', 'stop', 'restart', 'pause', 'resume'] as const
export const CAUSES = [
  'ready',
  'off',
  'reset',
  'crash',
  'refused',
  'stop',
  'restart',
  'start',
  'pause',
  'resume',
  'create',
  'destroy',
  'debug',
] as const
/** doc/trace.md. */
export const TRACE_OPERATIONS = ['begin', 'end', 'read'] as const
/** What a debugger asks of a VM: doc/debug.md. */
export const DEBUG_OPERATIONS = [
  'attach',
  'detach',
  'go',
  'step',
  'step-quiet',
  'halt',
  'registers',
  'set',
  'read',
  'write',
  'point',
] as const

/** `error.code`, and what this project calls it. */
export const ERRORS = {
  [-abi.ERROR_PARSE]: 'not-json',
  [-abi.ERROR_REQUEST]: 'not-a-request',
  [-abi.ERROR_METHOD]: 'unknown-method',
  [-abi.ERROR_PARAMS]: 'bad-params',
  [-abi.ERROR_UNKNOWN_VM]: 'unknown-vm',
  [-abi.ERROR_WRONG_STATE]: 'wrong-state',
  [-abi.ERROR_LACKS_CPU]: 'lacks-cpu',
  [-abi.ERROR_UNKNOWN_TEMPLATE]: 'unknown-template',
  [-abi.ERROR_NAME_TAKEN]: 'name-taken',
  [-abi.ERROR_NO_ROOM]: 'no-room',
  [-abi.ERROR_NO_MEMORY]: 'no-memory',
  [-abi.ERROR_NO_CORE]: 'no-core',
  [-abi.ERROR_CRITICAL]: 'critical',
  [-abi.ERROR_NOT_DEBUGGABLE]: 'not-debuggable',
  [-abi.ERROR_LACKS_BALLOON]: 'lacks-balloon',
  [-abi.ERROR_UNKNOWN_PORT]: 'unknown-port',
  [-abi.ERROR_ADDRESS_TAKEN]: 'address-taken',
  [-abi.ERROR_LOCKED]: 'locked',
  [-abi.ERROR_WRONG_KEY]: 'wrong-key',
  [-abi.ERROR_LATER]: 'later',
  [-abi.ERROR_NO_CHALLENGE]: 'no-challenge',
  [-abi.ERROR_TOO_LONG]: 'too-long',
  [-abi.ERROR_TOO_DEEP]: 'too-deep',
  [-abi.ERROR_NOT_UTF8]: 'not-utf8',
  [-abi.ERROR_TOO_FAST]: 'too-fast',
  [-abi.ERROR_FIXED]: 'fixed',
  [-abi.ERROR_BAD_NAME]: 'bad-name',
  [-abi.ERROR_BAD_TEMPLATE]: 'bad-template',
} as const
export type ErrorName = (typeof ERRORS)[keyof typeof ERRORS]

/** The control protocol's numbers: what the console and the tool at the other end of the line both know. doc/control.md. */

export const PROTOCOL_VERSION = 1

/** Where requests come from, each with answers, events and limits of its own: a UART, the console's or one for this alone, and the VM that
 * holds `control`. */
export const LINE_SERIAL = 0
export const LINE_GUEST = 1
export const LINES = 2

/** RFC 7464: a record begins with RS and ends with LF. */
export const RECORD_START = 0x1e
export const RECORD_END = 0x0a

/** Bytes of a request between the two. */
export const REQUEST_MOST = 512
/** Of its `id` as it is written. */
export const ID_MOST = 40
/** Arrays and objects within each other. */
export const DEPTH_MOST = 8
/** Requests that may come at once, and that each second grants anew. */
export const REQUEST_BURST = 32
export const REQUESTS_PER_SECOND = 64
/** Bytes of a record that the board sends. */
export const RECORD_MOST = 1536

/** Bytes of a key, of a nonce and of an answer. */
export const KEY_SIZE = 32
/** Milliseconds without a request, after which a line that a key opened is locked again. */
export const UNLOCKED_MS = 60_000
/** Milliseconds that the first wrong answer costs; each further one twice as many, up to the last. */
export const WRONG_MS = 250
export const WRONG_MOST_MS = 30_000
/** What is signed begins with so many bytes of 'bulkhead client1' or 'bulkhead board 1'; the board's nonce and the client's follow. */
export const LABEL_SIZE = 16

/** What core says of an answer to a challenge. */
export const UNLOCK_RIGHT = 0
export const UNLOCK_WRONG = 1
/** There is no challenge that it could answer: each is good for one answer. */
export const UNLOCK_STALE = 2
/** Too soon after a wrong one. */
export const UNLOCK_LATER = 3

/** The negative of `error.code`: those that JSON-RPC 2.0 defines, then ours. */
export const ERROR_PARSE = 32700
export const ERROR_REQUEST = 32600
export const ERROR_METHOD = 32601
export const ERROR_PARAMS = 32602
export const ERROR_UNKNOWN_VM = 32001
export const ERROR_WRONG_STATE = 32002
export const ERROR_LACKS_CPU = 32003
export const ERROR_UNKNOWN_TEMPLATE = 32005
export const ERROR_NAME_TAKEN = 32006
export const ERROR_NO_ROOM = 32007
export const ERROR_NO_MEMORY = 32008
export const ERROR_NO_CORE = 32009
export const ERROR_CRITICAL = 32017
export const ERROR_NOT_DEBUGGABLE = 32004
export const ERROR_LACKS_BALLOON = 32018
export const ERROR_UNKNOWN_PORT = 32019
export const ERROR_ADDRESS_TAKEN = 32024
export const ERROR_TOO_LONG = 32010
export const ERROR_TOO_DEEP = 32011
export const ERROR_NOT_UTF8 = 32012
export const ERROR_TOO_FAST = 32013
export const ERROR_LOCKED = 32020
export const ERROR_WRONG_KEY = 32021
export const ERROR_LATER = 32022
export const ERROR_NO_CHALLENGE = 32023
export const ERROR_FIXED = 32014
export const ERROR_BAD_NAME = 32015
export const ERROR_BAD_TEMPLATE = 32016

/** Why a VM's state changed: `cause` of the event. */
export const CAUSE_READY = 0
export const CAUSE_OFF = 1
export const CAUSE_RESET = 2
export const CAUSE_CRASH = 3
export const CAUSE_REFUSED = 4
export const CAUSE_STOP = 5
export const CAUSE_RESTART = 6
export const CAUSE_START = 7
export const CAUSE_PAUSE = 8
export const CAUSE_RESUME = 9
export const CAUSE_CREATE = 11
export const CAUSE_DESTROY = 12
/** Its debugger, or a breakpoint. */
export const CAUSE_DEBUG = 10

/**
 * A VM's life in one table: its states, and each event with who may cause it, the states that it may come in (bit s for state s)
 * and the state that it leads to. src/core/state.ts moves by it, and nothing else does.
 */

export const STATE_ABSENT = 0
/** Known, never started. */
export const STATE_DEFINED = 1
/** It is made ready: images checked, RAM scrubbed and filled; or its restart waits for its time. */
export const STATE_STARTING = 2
export const STATE_RUNNING = 3
/** No CPU runs it; its clock and its timers stand still. */
export const STATE_PAUSED = 4
/** Its vCPUs leave their CPUs; the last one settles what comes next. */
export const STATE_STOPPING = 5
export const STATE_STOPPED = 6
export const STATE_CRASHED = 7
/** Made at run time, and about to be nobody's: its CPUs forget its vCPUs, and the last frees what it had. */
export const STATE_LEAVING = 8

/** The board at boot, an operator: from defined, stopped, crashed. */
export const START_FROM = 0xc2
export const START_TO = 2
/** The CPU that made it ready: from starting. */
export const READY_FROM = 0x04
export const READY_TO = 3
/** The last of its vCPUs to leave its CPU after an operator asked: from running. */
export const PAUSE_FROM = 0x08
export const PAUSE_TO = 4
/** An operator: from paused. */
export const RESUME_FROM = 0x10
export const RESUME_TO = 3
/** Its guest, its fault, an operator: from starting, running, paused. */
export const STOP_FROM = 0x1c
export const STOP_TO = 5
/** The last of its vCPUs to leave, by the VM's policy or as an operator asked: from stopping. */
export const AGAIN_FROM = 0x20
export const AGAIN_TO = 2
export const REST_FROM = 0x20
export const REST_TO = 6
export const CRASH_FROM = 0x20
export const CRASH_TO = 7
/** An operator, of a template's VM: from absent; from defined, stopped, crashed; then the last CPU that forgets it: from leaving. */
export const CREATE_FROM = 0x01
export const CREATE_TO = 1
export const DESTROY_FROM = 0xc2
export const DESTROY_TO = 8
export const GONE_FROM = 0x100
export const GONE_TO = 0
/** The board at boot, for a VM whose first CPU did not come: from starting. */
export const LACK_FROM = 0x04
export const LACK_TO = 7

/** How the board answers a VM's end: it rests, starts again, the board reboots; REACT_START + i: it rests and VM i starts. */
export const REACT_STOP = 0
export const REACT_RESTART = 1
export const REACT_REBOOT = 2
export const REACT_START = 3
/** Seconds of its own clock after which a VM has proved itself: its restarts count from 0 again. */
export const PROVEN = 60
/** Times that the wait before a restart doubles. */
export const BACKOFF_DOUBLINGS = 10

/** `core.vmHang`: the guest let its watchdog get to its second zero; gave no sign of life in time. */
export const HANG_WATCHDOG = 1
export const HANG_HEARTBEAT = 2

/** `core.control`: what an operator may ask. */
export const CONTROL_START = 1
export const CONTROL_STOP = 2
export const CONTROL_RESTART = 3
export const CONTROL_PAUSE = 4
export const CONTROL_RESUME = 5
export const CONTROL_DESTROY = 6
/** Even if it is critical. */
export const CONTROL_DESTROY_FORCED = 7

/** `core.vmFigure`: vCPUs, how many of them are on, a bitmap of their cores; of this life, time on CPUs and exits; restarts; bytes of
 * RAM; of this life, time that others took, and exits by class. */
export const FIGURE_VCPUS = 0
export const FIGURE_VCPUS_ON = 1
export const FIGURE_CORES = 2
export const FIGURE_MILLISECONDS = 3
export const FIGURE_EXITS = 4
export const FIGURE_RESTARTS = 5
export const FIGURE_MEMORY = 6
export const FIGURE_STOLEN = 7
export const FIGURE_HYPERCALLS = 8
export const FIGURE_ACCESSES = 9
export const FIGURE_INTERRUPTS = 10
export const FIGURE_TRAPS = 11
/** A debugger may have it: its extension is there, and its config says so. */
export const FIGURE_DEBUGGABLE = 12
/** Cores may be traced: of any VM. */
export const FIGURE_TRACEABLE = 13
/** Bytes of its RAM that it has given back. */
export const FIGURE_AWAY = 14
/** Since the board started: frames and bytes that it sent and got, bytes that its disks in RAM gave and took. */
export const FIGURE_SENT_FRAMES = 15
export const FIGURE_SENT_BYTES = 16
export const FIGURE_RECEIVED_FRAMES = 17
export const FIGURE_RECEIVED_BYTES = 18
export const FIGURE_DISK_READ = 19
export const FIGURE_DISK_WRITTEN = 20
/** Plus `(1 + i) << FIGURE_VCPU_SHIFT`: of vCPU i alone. */
export const FIGURE_VCPU_SHIFT = 8

/** `core.explain`: for people, or for a program. */
export const EXPLAIN_LINES = 1
export const EXPLAIN_RECORDS = 2

/** What `core.control` answers. */
export const CONTROL_DONE = 0
export const CONTROL_UNKNOWN_VM = 1
/** The VM's state does not allow it, or it is about to change. */
export const CONTROL_WRONG_STATE = 2
/** One of its CPUs did not start. */
export const CONTROL_LACKS_CPU = 3
export const CONTROL_UNKNOWN = 4
/** It is critical, and nobody forces it; it is the config's, not a template's. */
export const CONTROL_CRITICAL = 5
export const CONTROL_FIXED = 6
/** `core.vmCreate`, in bits 7:0, with the VM's index above: no such template; the name is no name, or a VM's; no VM or vCPU is left; no
 * piece of RAM that holds it; a core is another's, or promised already; the bundle is wrong. */
export const CONTROL_UNKNOWN_TEMPLATE = 7
export const CONTROL_BAD_NAME = 8
export const CONTROL_NAME_TAKEN = 9
export const CONTROL_NO_ROOM = 10
export const CONTROL_NO_MEMORY = 11
export const CONTROL_NO_CORE = 12
export const CONTROL_BAD_TEMPLATE = 13
/** It has no balloon to tell. */
export const CONTROL_LACKS_BALLOON = 14
/** Its console has no port of that name. */
export const CONTROL_UNKNOWN_PORT = 15
/** Of `core.vmCreate`: one of its MAC addresses is another's. */
export const CONTROL_ADDRESS_TAKEN = 16

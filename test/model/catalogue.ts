/** The models, what each must prove, and the mistakes that can be planted in it: each a macro, found by one of its properties. */

export interface Property {
  /** An `ltl` of the model; without it what every state must satisfy: assertions, and no deadlock. */
  ltl?: string
  /** A process that can always go on does so in the end. */
  fair?: boolean
  says: string
}

export interface Mistake {
  macro: string
  /** The `ltl` that it breaks; without it an assertion, or a deadlock. */
  breaks?: string
  says: string
}

export interface Model {
  name: string
  properties: readonly Property[]
  mistakes: readonly Mistake[]
}

export const MODELS: readonly Model[] = [
  {
    name: 'ticket-lock',
    properties: [
      { says: 'one CPU inside, in order of arrival, no deadlock' },
      { ltl: 'served', fair: true, says: 'who waits gets in' },
    ],
    mistakes: [
      { macro: 'DRAWN_IN_TWO_STEPS', says: 'the ticket is read, then counted up' },
      { macro: 'COMPARED_BY_SIZE', says: 'a CPU enters when its ticket is not above the one served' },
      { macro: 'FEW_TICKETS', says: 'fewer tickets than CPUs' },
      { macro: 'NO_ORDER', breaks: 'served', says: 'a lock without tickets' },
      { macro: 'FORGOTTEN', says: 'one way out does not release' },
    ],
  },
  {
    name: 'kick',
    properties: [{ says: 'no deadlock' }, { ltl: 'delivered', says: 'what a vCPU is due reaches it' }],
    mistakes: [
      { macro: 'ASKED_BEFORE_DUE', breaks: 'delivered', says: 'the CPU is asked before `due` is set' },
      { macro: 'READ_THEN_CLEARED', breaks: 'delivered', says: 'requests are read, then cleared' },
      {
        macro: 'TAKEN_BEFORE_ACKNOWLEDGED',
        breaks: 'delivered',
        says: 'requests are taken, then the kick acknowledged',
      },
      { macro: 'CLEARED_AFTERWARDS', breaks: 'delivered', says: '`due` is cleared after the compartment was told' },
      { macro: 'TOLD_FOR_GOOD', breaks: 'delivered', says: 'a vCPU told once is not told again after a sleep' },
      { macro: 'UNMASKED_BEFORE_WFI', breaks: 'delivered', says: 'interrupts are handled between looking and WFI' },
      { macro: 'SLEPT_OVER_LISTED', breaks: 'delivered', says: 'WFI blocks with an interrupt listed' },
      { macro: 'SLEPT_OVER_LEFTOVER', breaks: 'delivered', says: 'WFI blocks with the maintenance interrupt pending' },
      { macro: 'SUSPENDED_UNDER_LOCK', says: 'CPU_SUSPEND waits with vm.lock held' },
      { macro: 'HOST_LOCK_KEPT', says: 'a compartment is entered with host.lock held' },
    ],
  },
  {
    name: 'place',
    properties: [
      { says: 'no list names a record that is nobody’s; a place is freed once' },
      { ltl: 'gone', fair: true, says: 'a VM that is to be unmade is gone in the end' },
    ],
    mistakes: [
      { macro: 'UNLINKED_WITHOUT_LOCK', says: 'a CPU takes vCPUs out of its list without host.lock' },
      { macro: 'FREED_BY_FIRST', says: 'the first CPU that forgets the VM frees it' },
      { macro: 'PUBLISHED_INCOMPLETE', says: 'a list names a record before that names the next' },
      { macro: 'KNOWN_BY_STATE', says: 'a CPU looks again at a VM that it has forgotten already' },
      { macro: 'ANSWERED_AFTERWARDS', breaks: 'gone', says: 'a CPU takes its request after it looked whom to forget' },
    ],
  },
  {
    name: 'depart',
    properties: [
      { says: 'no frame for one VM reaches the next that has its port’s number; no deadlock' },
      { ltl: 'gone', fair: true, says: 'the number is free in the end' },
    ],
    mistakes: [
      { macro: 'FREED_AT_ONCE', says: 'the number is free as soon as the switch has forgotten it' },
      { macro: 'PARTED_BY_LAST', says: 'CPUs pass by, and the last of them has the switch forget' },
      { macro: 'REMEMBERED_UNLOCKED', says: 'a sender writes down what the switch said after it gave the lock back' },
      { macro: 'REMEMBERED_FOR_EVER', says: 'senders remember whom the switch forgets' },
    ],
  },
  {
    name: 'life',
    properties: [
      { says: 'ends settled once, after all have left; counts right; no deadlock' },
      { ltl: 'ends', fair: true, says: 'a stop that was asked for comes' },
      { ltl: 'arrives', fair: true, says: 'a vCPU turned on comes' },
      { ltl: 'restarts', fair: true, says: 'a VM that is to start is made ready' },
    ],
    mistakes: [
      { macro: 'LOCK_KEPT', says: "the lock of the fault's CPU is not released" },
      { macro: 'ASKED_BEFORE_STOP', breaks: 'ends', says: 'CPUs are asked before `stop` is set' },
      { macro: 'COUNTED_IN_TWO_STEPS', says: 'the count of live vCPUs is read, then written' },
      { macro: 'COUNTED_TWICE', says: 'CPU_OFF counts, and its CPU again' },
      { macro: 'COUNTED_BEFORE_LEFT', says: 'a CPU counts its vCPU off before it has left it' },
      { macro: 'LEFT_WHILE_PREPARING', says: 'the old `stop` takes the first vCPU off the VM being made ready' },
      { macro: 'ONLY_OFF_LEAVES', says: 'a vCPU turned on again before it left goes on' },
      { macro: 'TURNED_ON_FORGOTTEN', breaks: 'arrives', says: 'leaving wipes out a CPU_ON that came meanwhile' },
      { macro: 'STOP_NOT_READ', breaks: 'ends', says: 'a vCPU turned on comes although its VM is stopping' },
      { macro: 'STOP_READ_FIRST', breaks: 'arrives', says: '`stop` of one life is taken with `power` of the next' },
    ],
  },
  {
    name: 'frames',
    properties: [
      { says: 'no ring is overrun, no buffer written after its port was closed; no deadlock' },
      { ltl: 'seen', fair: true, says: 'a frame in a buffer reaches the driver, or goes with it' },
    ],
    mistakes: [
      { macro: 'CLOSED_UNLOCKED', says: 'a port is closed, and frames are copied, without its lock' },
      { macro: 'FILLED_UNCOUNTED', says: 'buffers are offered as long as the offered ring alone has room' },
      { macro: 'KICKED_BEFORE_DUE', breaks: 'seen', says: 'the CPU is interrupted before `due` is set' },
      { macro: 'DUE_CLEARED_AFTERWARDS', breaks: 'seen', says: '`due` is cleared after frames were collected' },
    ],
  },
  {
    name: 'held-line',
    properties: [
      { says: 'no deadlock' },
      { ltl: 'printed', says: 'no line is held back for good' },
      { ltl: 'taken', says: 'what is typed reaches a VM that fetches it' },
    ],
    mistakes: [
      { macro: 'LEFT_UNANNOUNCED', breaks: 'taken', says: 'a call that leaves bytes in the UART asks for no other' },
      { macro: 'FETCHED_IN_SILENCE', breaks: 'taken', says: 'a fetch that made room does not tell the keeper' },
      { macro: 'KNOWN_AT_ALL', breaks: 'taken', says: 'whoever sees that the keeper will call does not look when' },
      { macro: 'TOLD_AFTER_UNLOCK', breaks: 'printed', says: "host's deadline is noted after host.lock was released" },
    ],
  },
  {
    name: 'typed',
    properties: [{ says: 'typed bytes in order, none without room, no deadlock' }],
    mistakes: [
      { macro: 'UNLOCKED_BETWEEN', says: 'vm.lock is released between room, byte and hand-over' },
      { macro: 'UART_FIRST', says: 'the UART is read before the byte that waits for room is offered again' },
    ],
  },
]

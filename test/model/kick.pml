/* Mirrors src/core/request.ts, schedule.ts, interrupt.ts and console.ts, and of the vGIC wake() (src/vmm/vgic/cpu.ts) and
 * settle.ts. One CPU has two vCPUs: S, whose interrupts and typed bytes are followed, and B, which goes before S when it is
 * ready. Another CPU runs a second vCPU of S's VM and raises interrupts for S, a third serves the UART. Proves that whatever
 * S is due reaches it, wherever its CPU was: in S, in B, at EL2, asleep; and that vm.lock and host.lock never deadlock. */

#define RAISES 3
#define DELIVER 1
#define CONSOLE 2
#define DUE 1
#define NONE 2

/* Locks that exclude; ticket-lock.pml has the rest. */
bool vmLock, hostLock;
#define acquire(lock) atomic { !lock -> lock = true }
#define release(lock) lock = false

/* The VM's compartment, under vm.lock: what waits in the distributor, and whether S was told (the vGIC's Cpu.due). Interrupt
 * 0 is the more urgent one. */
bool waits[2], told;
/* S's one list register, and NPIE: "come back when it is empty". They are in the CPU while S is loaded. */
byte listed = NONE;
bool leftover, loaded;

/* S's record and its CPU's; the CPU's pending interrupts. */
byte due, request;
bool blocked, sgi, timer, readyB = true;

/* For the proof: not yet seen by the guest. */
bool raised[2], typed;

#define MAINTENANCE (loaded && leftover && listed == NONE)
#define INTERRUPT (sgi || timer || MAINTENANCE)

/* request.ts: remind, and with it ask. */
inline remind(what) {
#ifdef ASKED_BEFORE_DUE
  request = request | DUE;
  sgi = true;
  due = due | what
#else
  due = due | what;
  request = request | DUE; /* both are atomic.or */
  sgi = true
#endif
}

/* compartment.ts: deliver and maintenance, which come to settle.ts: the list register gets the most urgent. */
inline deliver() {
  acquire(vmLock);
  d_step {
    told = false;
    if
    :: waits[0] && listed == 1 -> waits[1] = true; listed = 0; waits[0] = false
    :: waits[0] && listed == NONE -> listed = 0; waits[0] = false
    :: !waits[0] && waits[1] && listed == NONE -> listed = 1; waits[1] = false
    :: else
    fi;
    leftover = waits[0] || waits[1]
  };
  release(vmLock)
}

/* console.ts: feed. */
inline feed() {
  acquire(vmLock); /* how many bytes it takes */
  release(vmLock);
  acquire(hostLock);
  typed = false;
#ifndef HOST_LOCK_KEPT
  release(hostLock);
#endif
  acquire(vmLock); /* the byte */
  release(vmLock);
#ifdef HOST_LOCK_KEPT
  release(hostLock)
#endif
}

active proctype cpu() {
  byte work, now;
  bool late; /* S may do one thing more before it takes a pending interrupt */

settle:
  atomic { now = work; work = 0 };
  if
  :: (now & DUE) && blocked && due -> blocked = false
  :: else
  fi;
  if
  :: readyB -> loaded = false; goto runB
  :: !readyB && blocked -> goto sleep
  :: !readyB && !blocked -> loaded = true
  fi;
  /* schedule.ts: tell */
#ifdef CLEARED_AFTERWARDS
  now = due;
#else
  d_step { now = due; due = 0 };
#endif
  if
  :: now & CONSOLE -> feed()
  :: else
  fi;
  if
  :: now & DELIVER -> deliver()
  :: else
  fi;
#ifdef CLEARED_AFTERWARDS
  due = 0;
#endif
  goto runS;

sleep:
#ifdef UNMASKED_BEFORE_WFI
  if
  :: sgi -> sgi = false; d_step { work = work | request; request = 0 }
  :: else
  fi;
#endif
end_wfi:
  INTERRUPT -> goto interrupt; /* masked ones end it too */

runB:
  if
  :: INTERRUPT -> goto interrupt
  :: readyB = false; goto settle /* WFI */
  fi;

interrupt: /* interrupt.ts, handleInterrupt: acknowledge, then handle one of those that are pending */
  late = true;
  if
  :: sgi ->
#ifndef TAKEN_BEFORE_ACKNOWLEDGED
     sgi = false;
#endif
#ifdef READ_THEN_CLEARED
     now = request;
     request = 0;
#else
     d_step { now = request; request = 0 };
#endif
#ifdef TAKEN_BEFORE_ACKNOWLEDGED
     sgi = false;
#endif
     work = work | now
  :: timer -> timer = false; readyB = true
  :: MAINTENANCE -> deliver()
  fi;
  if
  :: loaded && !blocked && !work && !readyB -> goto runS
  :: else -> goto settle
  fi;

runS:
  if
  :: INTERRUPT -> goto interrupt
  :: listed != NONE && (late || !INTERRUPT) -> /* its handler runs, and ends the interrupt */
     d_step { raised[listed] = false; listed = NONE; late = true };
     goto runS
  :: (listed == NONE || late) && (late || !INTERRUPT) -> /* WFI */
     late = false
  :: (listed == NONE || late) && (late || !INTERRUPT) -> /* CPU_SUSPEND */
     late = false;
     acquire(vmLock);
#ifdef SUSPENDED_UNDER_LOCK
     INTERRUPT;
#endif
     release(vmLock)
  fi;
  /* schedule.ts: block */
  if
#ifndef SLEPT_OVER_LISTED
  :: listed != NONE -> goto runS
#endif
#ifndef SLEPT_OVER_LEFTOVER
  :: MAINTENANCE -> goto runS
#endif
  :: due -> goto runS
  :: else -> blocked = true; goto settle
  fi
}

/* Another vCPU of the VM, on its own CPU: it raises interrupts for S, and may print in the same call. */
active proctype neighbour() {
  byte left = RAISES, i;
  do
  :: left ->
     acquire(vmLock);
     left--;
     if
     :: i = 0
     :: i = 1
     fi;
     atomic { raised[i] = true; waits[i] = waits[i] || listed != i };
     if
     :: !told -> told = true; remind(DELIVER)
     :: told
     fi;
     if
     :: acquire(hostLock); release(hostLock)
     :: true
     fi;
     release(vmLock)
  :: break
  od
}

/* The CPU that has the UART's interrupt: a byte was typed, to the VM whose first vCPU is S. */
active proctype uart() {
  acquire(hostLock);
  typed = true;
  release(hostLock);
  remind(CONSOLE)
}

/* B's own timer. */
active proctype time() {
  timer = true
}

ltl delivered { <> [] (!raised[0] && !raised[1] && !typed) }

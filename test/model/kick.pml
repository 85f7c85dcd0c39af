/* Mirrors src/core/request.ts, schedule.ts, suspend.ts, interrupt.ts and console.ts, and of the vGIC wake() (src/vmm/vgic/cpu.ts)
 * and settle.ts. One CPU has two vCPUs: S, whose interrupts and typed bytes are followed, and B, which goes before S when it is
 * ready. Another CPU runs a second vCPU of S's VM and raises interrupts for S; a third serves the UART. Proves that whatever S is
 * due reaches it, wherever its CPU is: in S, in B, at EL2, asleep; and that vm.lock and host.lock never deadlock. */

#define RAISES 3
#define DELIVER 1
#define CONSOLE 2
#define DUE 1
#define TIMER 2
#define NONE 2

/* Locks that exclude; ticket-lock.pml proves the rest. */
bool vmLock, hostLock;
#define acquire(lock) atomic { !lock -> lock = true }
#define release(lock) lock = false

/* The VM's compartment, under vm.lock: interrupts that wait in the distributor, 0 before 1; S was kicked (the vGIC's Cpu.due). */
bool waits[2], kicked;
/* In S's one list register. */
byte listed = NONE;
/* In host, under host.lock: a byte for S's VM. */
bool typed;
/* S's record, its CPU's, and the kick that is pending there. */
byte due, request;
bool sgi;

/* "Call when the list register is empty" (NPIE), as long as S is loaded; and CNTHP: S's budget is filled up, or B wakes. */
#define MAINTENANCE (loaded && leftover && listed == NONE)
#define INTERRUPT (sgi || MAINTENANCE)
#define ALARM (spent || sleepyB)

/* request.ts: remind, and in it ask. */
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

/* compartment.ts: deliver and maintenance, which both come to settle.ts: the more urgent interrupt is listed. */
inline deliver() {
  acquire(vmLock);
  d_step {
    kicked = false;
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
  bool loaded, leftover; /* S's registers are in the CPU; NPIE in them */
  bool blocked, spent, mayRunOut = true; /* S is in WFI; it has no budget */
  bool readyB = true, sleepyB = true;
  bool told; /* S was told in this round of settle */
  bool late; /* S may do one thing more before a pending interrupt is taken */

settle:
  atomic { now = work; work = 0 };
  if
  :: (now & DUE) && blocked && due -> blocked = false
  :: else
  fi;
  now = 0;
  if /* choose */
  :: readyB -> loaded = false; goto runB
  :: !readyB && (blocked || spent) -> goto sleep
  :: !readyB && !blocked && !spent && mayRunOut -> mayRunOut = false; spent = true; goto sleep
  :: !readyB && !blocked && !spent -> loaded = true
  fi;
  if
  :: told -> goto runS
  :: else
  fi;
#ifdef CLEARED_AFTERWARDS /* tell */
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
  now = 0;
  if
  :: goto runS
  :: work = DUE; told = true; goto settle /* its compartment reminded another vCPU of this CPU */
  fi;

sleep:
#ifdef UNMASKED_BEFORE_WFI
  if
  :: sgi -> sgi = false; d_step { work = work | request; request = 0 }
  :: else
  fi;
#endif
end_wfi:
  INTERRUPT || ALARM -> goto interrupt; /* masked ones end it too */

runB:
  if
  :: INTERRUPT || ALARM -> goto interrupt
  :: readyB = false; goto settle /* WFI */
  fi;

interrupt: /* gic.take, then handleInterrupt, for one of those that are pending */
#ifdef TOLD_FOR_GOOD
  late = true;
#else
  late = true; told = false;
#endif
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
     work = work | now; now = 0
  :: ALARM -> spent = false; readyB = readyB || sleepyB; sleepyB = false; work = work | TIMER
  :: MAINTENANCE -> deliver()
  fi;
  if
  :: loaded && !blocked && !spent && !work && !readyB -> goto runS
  :: else -> goto settle
  fi;

runS:
  told = false;
  if
  :: INTERRUPT || ALARM -> goto interrupt
  :: listed != NONE && (late || !INTERRUPT) -> /* its handler runs, and ends the interrupt */
     listed = NONE; late = true;
     goto runS
  :: (listed == NONE || late) && (late || !INTERRUPT) -> /* WFI */
     late = false
  :: (listed == NONE || late) && (late || !INTERRUPT) -> /* CPU_SUSPEND */
     late = false;
     acquire(vmLock);
#ifdef SUSPENDED_UNDER_LOCK
     INTERRUPT || ALARM;
#endif
     release(vmLock)
  fi;
  if /* block */
#ifndef SLEPT_OVER_LISTED
  :: listed != NONE -> goto runS
#endif
#ifndef SLEPT_OVER_LEFTOVER
  :: MAINTENANCE -> goto runS
#endif
  :: due -> INTERRUPT || ALARM -> goto interrupt /* whoever made it due kicks */
  :: else -> blocked = true; goto settle
  fi
}

/* Another vCPU of the VM, on its own CPU: it raises interrupts for S, and may print in the same call. */
active proctype neighbour() {
  byte left = RAISES;
  do
  :: left ->
     acquire(vmLock);
     left--;
     if
     :: waits[0] = true
     :: waits[1] = true
     fi;
     if
     :: !kicked -> kicked = true; remind(DELIVER)
     :: kicked
     fi;
     if
     :: true -> acquire(hostLock); release(hostLock)
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

ltl delivered { <> [] (!waits[0] && !waits[1] && listed == NONE && !typed) }

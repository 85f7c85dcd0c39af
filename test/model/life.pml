/* Mirrors src/core/life.ts, prepare.ts (resetRecords), fault.ts (endVm), request.ts, and cpuOn, cpuOff and arrived of
 * src/vmm/psci.ts. One VM has two vCPUs on two CPUs. Its guest turns them on and off, resets itself and breaks its compartment,
 * each at any time. Proves that one CPU, once, settles each end of the VM, after both CPUs have left it; that no guest code runs
 * from then until the VM was made ready again, once; that live vCPUs are counted right; that an end that was asked for comes, as
 * does a vCPU that was turned on; that nobody waits for vm.lock for good. Left out: pauses, and what an operator asks; a life is
 * begun by the VM's state alone, where core turns the first vCPU on as well. test/unit/core-control-race.test.ts has these. */

#include "ticket.pml"

mtype = { OFF, STARTING, ON }; /* Power, and what AFFINITY_INFO says */
mtype = { PREPARING, RUNNING, ENDED }; /* VmState: Starting, Running, Stopped */

/* The VM: in core, in its compartment, and its lock. */
mtype state = PREPARING;
bool stop;
byte live;
mtype psci[2] = OFF;
Lock lock;

/* Of each CPU and the vCPU that is its own: `runs` is Run.Ready. */
mtype power[2] = OFF;
bool runs[2], fresh[2], request[2], sgi[2];

/* For the proof: the VM has ended, and is not ready again; the vCPU has called CPU_OFF. */
bool settled = true, gone[2];

#define other (1 - me)

inline ask(cpu) {
  if
  :: cpu == me -> work = true
  :: cpu != me -> request[cpu] = true; sgi[cpu] = true
  fi
}

inline takeRequests() {
  sgi[me] = false;
  d_step { work = work || request[me]; request[me] = false }
}

inline stopVm() {
#ifdef ASKED_BEFORE_STOP
  ask(other);
  work = true;
  stop = true
#else
  stop = true; /* the first reason counts: cmpxchg */
  ask(other);
  work = true
#endif
}

inline settleEnd() {
  assert(!settled && !runs[0] && !runs[1]);
  settled = true;
  if
  :: state = PREPARING; ask(0)
  :: state = ENDED
  fi
}

inline countOff() {
#ifdef COUNTED_IN_TWO_STEPS
  count = live - 1;
  live = count;
#else
  assert(live > 0);
  d_step { count = live - 1; live = count };
#endif
  if
  :: count == 0 -> settleEnd()
  :: else -> count = 0
  fi
}

/* A vCPU that was turned on counts as live from then on, so its VM's life cannot end before it has come or gone: what `stop`
 * says after `power` was Starting is of the same life. */
inline look() {
#ifdef STOP_READ_FIRST
  stopping = stop;
  if
  :: runs[me] -> ended = state != PREPARING && (stopping || power[me] != ON)
  :: !runs[me] -> ended = stopping && power[me] == STARTING
  fi;
  stopping = false
#else
  if
#ifdef ONLY_OFF_LEAVES
  :: runs[me] -> ended = state != PREPARING && (stop || power[me] == OFF)
#elif defined(LEFT_WHILE_PREPARING)
  :: runs[me] -> ended = stop || power[me] != ON
#else
  :: runs[me] -> ended = state != PREPARING && (stop || power[me] != ON)
#endif
#ifndef STOP_NOT_READ
  :: !runs[me] && power[me] == STARTING -> ended = stop
#endif
  :: else -> ended = false
  fi
#endif
}

/* One life of the vCPU ends; if it was turned on again since, the next one waits. */
inline leave() {
  if
#ifdef TURNED_ON_FORGOTTEN
  :: power[me] = OFF
#else
  :: !runs[me] || power[me] == ON -> power[me] = OFF
  :: else
#endif
  fi;
#ifdef COUNTED_BEFORE_LEFT
  countOff();
  runs[me] = false
#else
  runs[me] = false;
  countOff()
#endif
}

inline reap() {
  do
  :: look();
     if
     :: ended -> leave()
     :: else -> break
     fi
  od;
  if
  :: !runs[me] && power[me] == STARTING -> power[me] = ON; fresh[me] = true; runs[me] = true
  :: !runs[me] && me == 0 && state == PREPARING -> fresh[me] = true; runs[me] = true
  :: else
  fi
}

/* prepare.ts: finish. Nobody runs the VM, so its order matters to nobody. */
inline makeReady() {
  assert(settled && live == 0);
  d_step {
    lock.next = 0;
    lock.serving = 0;
    power[0] = ON;
    power[1] = OFF;
    live = 1;
    stop = false;
    psci[0] = ON;
    psci[1] = OFF;
    settled = false;
    state = RUNNING
  }
}

/* fault.ts: endVm. */
inline endVm() {
#ifndef LOCK_KEPT
  release(lock, ticket);
#endif
  stopVm()
}

proctype cpu(byte me; bool work) {
  byte count, ticket;
  bool stopping, ended;

settle:
  if
  :: work -> work = false; reap()
  :: else
  fi;
  if
  :: work -> goto settle
  :: !work && !runs[me] -> goto sleep
  :: !work && runs[me] && me == 0 && state == PREPARING -> goto prepare
  :: else
  fi;
  if
  :: fresh[me] -> /* deliver */
     fresh[me] = false;
     gone[me] = false;
     acquire(lock, ticket);
     if
     :: psci[me] == STARTING -> psci[me] = ON; release(lock, ticket)
     :: psci[me] == ON -> release(lock, ticket)
     :: endVm(); goto settle
     fi
  :: else
  fi;
  goto guest;
sleep:
end_wfi:
  sgi[me];
  takeRequests();
  goto settle;
prepare:
  if
  :: sgi[me] -> takeRequests() /* between two pieces */
  :: makeReady()
  :: makeReady(); endVm() /* its compartment fails at once */
  :: runs[me] = false; state = ENDED /* an image is wrong */
  fi;
  goto settle;
guest:
  assert(!settled && !gone[me]);
  if
  :: sgi[me] -> takeRequests(); goto next
  :: !sgi[me]
  fi;
  acquire(lock, ticket);
  if
  :: release(lock, ticket) /* any other call */
  :: endVm()
  :: stopVm(); release(lock, ticket) /* SYSTEM_RESET */
  :: psci[other] == OFF -> /* CPU_ON */
     assert(power[other] == OFF);
     psci[other] = STARTING;
     d_step { live++ };
     power[other] = STARTING;
     ask(other);
     release(lock, ticket)
  :: psci[other] != OFF -> /* CPU_OFF */
     gone[me] = true;
     psci[me] = OFF;
     power[me] = OFF;
#ifdef COUNTED_TWICE
     d_step { live-- };
#endif
     work = true;
     release(lock, ticket)
  :: psci[other] == OFF -> /* CPU_OFF of the last */
     gone[me] = true;
     psci[me] = OFF;
     stopVm();
     release(lock, ticket)
  fi;
next:
  if
  :: work -> goto settle
  :: else -> goto guest
  fi
}

init {
  atomic { run cpu(0, true); run cpu(1, false) }
}

ltl ends { [] (stop -> <> settled) }
ltl arrives { [] (psci[1] == STARTING -> <> (psci[1] != STARTING || settled)) }
ltl restarts { [] (state == PREPARING -> <> (state != PREPARING)) }

/* Mirrors src/core/make.ts (share, unmakeVm) and src/core/unmake.ts. Two places for VMs, each of a vCPU on both of two CPUs, which
 * walk their lists at any time; an operator makes VMs and unmakes them, under host.lock. Proves that a CPU which walks its list
 * meets no record that is nobody's, that a place is free only when no list names its records, freed once, and that a VM that
 * is to be unmade is gone in the end. Left out: what a VM does in between, which life.pml has: here it rests. */

#include "ticket.pml"

mtype = { ABSENT, RESTS, LEAVING };

#define PLACES 2
#define record(place, cpu) (1 + (place) * 2 + (cpu))
#define placeOf(it) (((it) - 1) / 2)

#ifdef KNOWN_BY_STATE
#define KNOWS(place) true
#else
#define KNOWS(place) (left[place] & (1 << me))
#endif

mtype state[PLACES] = ABSENT;
/* CPUs that know of it, a bit each. */
byte left[PLACES];
/* Of each CPU: the first of its vCPUs, 0 for none. */
byte first[2];
byte next[5];
bool request[2];
Lock hostLock;

inline make(place) {
#ifdef PUBLISHED_INCOMPLETE
  was0 = first[0];
  first[0] = record(place, 0);
  state[place] = RESTS;
  next[record(place, 0)] = was0;
#else
  next[record(place, 0)] = first[0];
#endif
  next[record(place, 1)] = first[1];
#ifndef PUBLISHED_INCOMPLETE
  state[place] = RESTS;
  first[0] = record(place, 0);
#endif
  first[1] = record(place, 1)
}

inline unmake(place) {
  left[place] = 3;
  state[place] = LEAVING;
  request[0] = true;
  request[1] = true
}

inline forget(place) {
  d_step {
    if
    :: known[place] ->
#ifdef FREED_BY_FIRST
       last[place] = (left[place] == 3);
#else
       last[place] = (left[place] == (1 << me));
#endif
       left[place] = left[place] & ~(1 << me);
       known[place] = false
    :: else
    fi
  }
}

inline settle(place) {
  if
  :: last[place] ->
     acquire(hostLock, ticket);
     assert(state[place] == LEAVING);
     d_step {
       at = first[0];
       do :: at != 0 -> assert(placeOf(at) != place); at = next[at] :: else -> break od;
       at = first[1];
       do :: at != 0 -> assert(placeOf(at) != place); at = next[at] :: else -> break od
     };
     state[place] = ABSENT;
     last[place] = false;
     release(hostLock, ticket)
  :: else
  fi
}

proctype cpu(byte me) {
  byte at, before, ticket;
  bool known[PLACES], last[PLACES];
end:
  do
  :: !request[me] -> /* `settle` takes requests first */
     at = first[me];
     do
     :: at != 0 ->
        assert(state[placeOf(at)] != ABSENT);
        at = next[at]
     :: at == 0 -> break
     od
  :: request[me] ->
#ifndef ANSWERED_AFTERWARDS
     request[me] = false;
#endif
     acquire(hostLock, ticket);
     d_step {
       known[0] = (state[0] == LEAVING && KNOWS(0));
       known[1] = (state[1] == LEAVING && KNOWS(1))
     };
     release(hostLock, ticket);
#ifdef ANSWERED_AFTERWARDS
     request[me] = false;
#endif
     /* Ports depart: depart.pml. */
#ifndef UNLINKED_WITHOUT_LOCK
     acquire(hostLock, ticket);
#endif
     before = 0;
     at = first[me];
     do
     :: at != 0 && known[placeOf(at)] ->
        assert(state[placeOf(at)] == LEAVING);
        if
        :: before != 0 -> next[before] = next[at]
        :: before == 0 -> first[me] = next[at]
        fi;
        at = next[at]
     :: at != 0 && !known[placeOf(at)] -> before = at; at = next[at]
     :: at == 0 -> break
     od;
     forget(0);
     forget(1);
#ifndef UNLINKED_WITHOUT_LOCK
     release(hostLock, ticket);
#endif
     settle(0);
     settle(1);
     d_step { at = 0; before = 0 }
  od
}

proctype operator() {
  byte ticket, was0;
end:
  do
  :: acquire(hostLock, ticket);
     if
     :: state[0] == ABSENT -> make(0)
     :: state[1] == ABSENT -> make(1)
     :: state[0] == RESTS -> unmake(0)
     :: state[1] == RESTS -> unmake(1)
     :: true /* who is to be unmade is so also if nothing else is asked */
     fi;
     release(hostLock, ticket)
  od
}

init {
  atomic { run cpu(0); run cpu(1); run operator() }
}

ltl gone { [] (state[0] == LEAVING -> <> (state[0] == ABSENT)) }

/* Mirrors route and sendTo of src/core/frame.ts, src/core/switch.ts, src/core/depart.ts and unlinkOwn of src/core/unmake.ts. One port's
 * number, which several VMs of run time have one after the other, each with an address of its own, and two CPUs that send to these
 * addresses. Proves that no frame for one VM reaches the next that has its number, whatever a CPU remembers or was just told; and that
 * the number is free in the end. Left out: the lists of vCPUs, which place.pml has, and failures of the switch, which knows then
 * what `members` says. */

#define CPUS 2
#define LIVES 3

#include "ticket.pml"

Lock switchLock, portLock;
/* Which VM has the number, 0: nobody; under the switch's lock: whose address it knows to be there; under the port's: it is open. */
byte owner, member;
bool isOpen;
/* Of each sender: the address that it need not ask about. Written under the switch's lock. */
byte known[CPUS];
bool request[CPUS];
byte leaving;
/* CPUs that know of the VM that is to be unmade, a bit each. */
byte cpus;

inline part(gone) {
  acquire(switchLock, ticket);
  d_step {
    if
    :: member == gone ->
       member = 0;
#ifndef REMEMBERED_FOR_EVER
       if :: known[0] == gone -> known[0] = 0 :: else fi;
       if :: known[1] == gone -> known[1] = 0 :: else fi
#endif
    :: else /* another CPU was here */
    fi
  };
  release(switchLock, ticket)
}

/* WORK_UNLINK, in a CPU's loop: it sends nothing meanwhile. */
inline pass() {
  request[me] = false;
  if
  :: leaving != 0 && (cpus & (1 << me)) ->
#ifndef PARTED_BY_LAST
     part(leaving);
#endif
     d_step { cpus = cpus & ~(1 << me); last = (cpus == 0) };
     if
     :: last ->
#ifdef PARTED_BY_LAST
        part(leaving);
#endif
        d_step { owner = 0; leaving = 0; last = false }
     :: else
     fi
  :: else
  fi
}

inline send(to) {
  found = false;
  if
  :: known[me] == to -> found = true
  :: else ->
     acquire(switchLock, ticket);
     found = (member == to);
#ifdef REMEMBERED_UNLOCKED
     release(switchLock, ticket);
     if :: found -> known[me] = to :: else fi
#else
     if :: found -> known[me] = to :: else fi;
     release(switchLock, ticket)
#endif
  fi;
  if
  :: found ->
     acquire(portLock, ticket);
     if
     :: isOpen -> assert(owner == to) /* the copy into a buffer of the VM that has the port */
     :: else /* it is lost */
     fi;
     release(portLock, ticket)
  :: else
  fi
}

proctype cpu(byte me) {
  byte to;
  byte ticket;
  bool found, last;
end:
  do
  :: request[me] -> pass()
  :: !request[me] ->
     select (to : 1 .. LIVES);
     send(to);
     d_step { to = 0; found = false }
  od
}

proctype vm() {
  byte life = 1;
  byte ticket;
  do
  :: life <= LIVES && owner == 0 ->
     owner = life;
     acquire(portLock, ticket);
     isOpen = true;
     release(portLock, ticket);
     acquire(switchLock, ticket);
     member = life;
     release(switchLock, ticket);
     acquire(portLock, ticket);
     isOpen = false;
     release(portLock, ticket);
#ifdef FREED_AT_ONCE
     part(life);
     owner = 0;
#else
     d_step { leaving = life; cpus = (1 << CPUS) - 1 };
     request[0] = true;
     request[1] = true;
#endif
     life++
  :: life > LIVES -> break
  od
}

init {
  atomic { run cpu(0); run cpu(1); run vm() }
}

ltl gone { [] (leaving != 0 -> <> (leaving == 0)) }

/* Mirrors src/lib/lock.ts, by ticket.pml, with three CPUs. Proves that one CPU at a time is inside, that they enter in the
 * order in which they came, that each that waits gets in, and all of it where tickets wrap round to 0. */

#define CPUS 3
#define ARRIVED place[_pid] = WAITING; order!_pid
#include "ticket.pml"

mtype = { ELSEWHERE, WAITING, INSIDE };
mtype place[CPUS] = ELSEWHERE;
chan order = [CPUS] of { byte };
byte inside;
Lock lock;

active [CPUS] proctype cpu() {
  byte ticket, first;
end:
  do
  :: acquire(lock, ticket);
     place[_pid] = INSIDE;
     inside++;
     assert(inside == 1);
     order?first;
     assert(first == _pid);
     inside--;
     place[_pid] = ELSEWHERE;
#ifdef FORGOTTEN
     if
     :: goto end
     :: true
     fi;
#endif
     release(lock, ticket)
  :: break /* it has no further use for the lock */
  od
}

ltl served { [] (place[0] == WAITING -> <> (place[0] == INSIDE)) }

/* Mirrors put and serveUart of src/core/console.ts and the keeper's part of schedule.ts. host may hold a VM's line back until
 * another's is quiet; then the keeper, the CPU with the UART, must call it in time. The keeper's `consoleAt` says when it will;
 * who sees in it that the keeper will call anyway spares the kick. Proves that no line is held for good. */

#define LINES 3

bool hostLock;
#define acquire(lock) atomic { !lock -> lock = true }
#define release(lock) lock = false

/* In host, under host.lock: a line is held back, its deadline ahead. */
bool held;
/* The keeper's: it has set its timer (consoleAt is not u64.MAX_VALUE); the request for WORK_CONSOLE, and the kick. */
bool consoleAt, request, sgi;

active proctype keeper() {
  bool deadline;
  byte early = 2;
sleep:
end_wfi:
  if
  :: sgi ->
     sgi = false;
     if
     :: d_step { request -> request = false }
     :: else -> goto sleep
     fi
  :: consoleAt /* the timer */
  fi;
  acquire(hostLock);
  if
  :: held = false
  :: held && early -> early-- /* not yet */
  fi;
  deadline = held;
#ifdef TOLD_AFTER_UNLOCK
  release(hostLock);
  consoleAt = deadline;
#else
  consoleAt = deadline;
  release(hostLock);
#endif
  goto sleep
}

/* Prints: the byte is held back, is shown, or ends what held another's back. */
active proctype vm() {
  byte left = LINES;
  bool isHeld;
  do
  :: left ->
     left--;
     acquire(hostLock);
     if
     :: held = true
     :: held = false
     fi;
     isHeld = held;
     release(hostLock);
     if
     :: isHeld && !consoleAt -> request = true; sgi = true
     :: else
     fi
  :: break
  od
}

ltl printed { <> [] !held }

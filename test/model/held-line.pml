/* Mirrors put, feed and serveUart of src/core/console.ts, keeper.ts, the keeper's part of schedule.ts, and src/host/intake.ts. The
 * keeper, the CPU with the UART, must call host in time for two things that no interrupt announces: a VM's line that host holds back
 * until another's is quiet, and a typed byte that found the VM's ring full and waits in host, with what was typed behind it in
 * the UART. `consoleAt` says when the keeper will call; who sees in it that this is early enough spares the kick. Proves that no
 * line is held for good, and that all that is typed reaches a VM that fetches it, without the second after which it would be lost. */

#define LINES 2
#define TYPED 4
#define RING 2
#define HALF 1

/* host.deadline(), in the order of time. The keeper's timer comes for the first two; UNTIL is what must not be waited for. */
#define NOW 0
#define SOON 1
#define UNTIL 2
#define NEVER 3

bool hostLock;
#define acquire(lock) atomic { !lock -> lock = true }
#define release(lock) lock = false

/* In host, under host.lock: a line is held back; the VM's ring; a byte that waits for room in it; the last call ended before the
 * UART was empty. The UART: bytes in its FIFO, the receive interrupt, and whether host asks for it. */
bool held, waits, unfinished;
byte ring, fifo;
bool rx, listens = true;
/* The keeper's: when it calls; the request for WORK_CONSOLE, and the kick. The VM's: DUE_CONSOLE, and the kick. */
byte consoleAt = NEVER;
bool request, sgi, due;

#ifdef LEFT_UNANNOUNCED
#define INTAKE (waits -> (ring <= HALF -> NOW : UNTIL) : NEVER)
#else
#define INTAKE (unfinished -> NOW : (waits -> (ring <= HALF -> NOW : UNTIL) : NEVER))
#endif
#define DEADLINE (INTAKE == NOW || !held -> INTAKE : SOON)

/* takeReceived, one byte a call. */
inline takeReceived() {
  d_step {
    rx = false;
    unfinished = false;
    if
    :: waits && ring == RING
    :: else ->
       if
       :: waits -> waits = false; ring++
       :: else
       fi;
       if
       :: fifo == 0 -> listens = true
       :: fifo && ring < RING -> fifo--; ring++; unfinished = true
       :: else -> fifo--; waits = true; listens = false
       fi
    fi
  }
}

active proctype keeper() {
  byte deadline, early = 2;
  bool concerned;
end_wfi:
  do
  :: (sgi || consoleAt <= SOON || (rx && listens)) ->
     if
     :: sgi ->
        sgi = false;
        if
        :: d_step { request -> request = false }
        :: !request && !(consoleAt <= SOON || (rx && listens)) -> goto end_wfi
        :: !request && (consoleAt <= SOON || (rx && listens))
        fi
     :: !sgi
     fi;
     acquire(hostLock);
     takeReceived();
     if
     :: held = false
     :: held && early -> early-- /* not yet */
     fi;
     deadline = DEADLINE;
     concerned = ring > 0;
#ifdef TOLD_AFTER_UNLOCK
     release(hostLock);
     consoleAt = deadline;
#else
     consoleAt = deadline;
     release(hostLock);
#endif
     if
     :: concerned -> due = true
     :: else
     fi
  od
}

inline tellIfHeld() {
#ifdef KNOWN_AT_ALL
  isHeld = DEADLINE < NEVER && consoleAt == NEVER;
#else
  isHeld = DEADLINE < consoleAt;
#endif
  release(hostLock);
  if
  :: isHeld -> request = true; sgi = true
  :: else
  fi
}

/* Prints: the byte is held back, is shown, or ends what held another's back. Fetches what was typed when it is told to. */
active proctype vm() {
  byte left = LINES;
  bool isHeld, more;
end_guest:
  do
  :: left ->
     left--;
     acquire(hostLock);
     if
     :: held = true
     :: held = false
     fi;
     tellIfHeld()
  :: due ->
     due = false;
     do
     :: acquire(hostLock);
        more = ring > 0;
        d_step { if :: more -> ring-- :: else fi };
        release(hostLock);
        if
        :: more
        :: else -> break
        fi
     od;
#ifndef FETCHED_IN_SILENCE
     acquire(hostLock);
     tellIfHeld()
#endif
  od
}

active proctype typist() {
  byte left = TYPED;
  do
  :: left -> atomic { fifo++; rx = true }; left--
  :: else -> break
  od
}

ltl printed { <> [] !held }
ltl taken { <> [] (fifo + ring == 0 && !waits) }

/* Mirrors feed of src/core/console.ts, and space, input and refill of src/vmm/pl011/receive.ts. A VM with two vCPUs on two CPUs:
 * both may feed its UART, one since the UART interrupted, one since its guest read and made room. Proves that typed bytes come
 * in order and that none is lost for want of room. */

#define BYTES 4
#define ROOM 2

bool vmLock, hostLock;
#define acquire(lock) atomic { !lock -> lock = true }
#define release(lock) lock = false

/* host's ring, under host.lock: the next byte. The VM's backlog, under vm.lock: how many bytes, and which comes next. */
byte next, count, expected;

inline feed() {
  acquire(vmLock);
  space = ROOM - count;
#ifdef UNLOCKED_BETWEEN
  release(vmLock);
#endif
  do
  :: space ->
     acquire(hostLock);
     ch = next;
     if
     :: ch < BYTES -> next++
     :: else
     fi;
     release(hostLock);
     if
     :: ch == BYTES -> break
     :: else
     fi;
#ifdef UNLOCKED_BETWEEN
     acquire(vmLock);
#endif
     assert(ch == expected && count < ROOM);
     expected++;
     count++;
#ifdef UNLOCKED_BETWEEN
     release(vmLock);
#endif
     space--
  :: else -> break
  od;
#ifndef UNLOCKED_BETWEEN
  release(vmLock)
#endif
}

active [2] proctype cpu() {
  byte space, ch;
  do
  :: feed()
  :: atomic { !vmLock && count -> count-- } /* the guest reads */
  :: break
  od
}

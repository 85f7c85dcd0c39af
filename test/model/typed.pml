/* Mirrors feed of src/core/console.ts, takeReceived of src/host/intake.ts, and space, input and refill of src/vmm/pl011/receive.ts. A VM
 * with two vCPUs on two CPUs: both may feed its UART, one since the UART interrupted, one since its guest read and made room. A
 * byte that finds host's ring full waits, and what is typed behind it stays in the board's UART. Proves that typed bytes come in
 * order and that none is lost for want of room. */

#define BYTES 5
#define RING 2
#define ROOM 2

bool vmLock, hostLock;
#define acquire(lock) atomic { !lock -> lock = true }
#define release(lock) lock = false

/* The board's UART: the next byte in it. In host, under host.lock: a byte that waits, plus 1, and the ring. */
byte uart, waits;
byte ring[RING], used;
/* The VM's backlog, under vm.lock: how many bytes, and which comes next. */
byte count, expected;

inline push(byte_) {
  ring[used] = byte_;
  used++
}

inline offer() {
  if
  :: waits && used < RING -> push(waits - 1); waits = 0
  :: else
  fi
}

inline takeReceived() {
  d_step {
#ifdef UART_FIRST
    do
    :: uart < BYTES && used < RING -> push(uart); uart++
    :: else -> break
    od;
#endif
    offer();
    do
    :: !waits && uart < BYTES && used < RING -> push(uart); uart++
    :: !waits && uart < BYTES && used == RING -> uart++; waits = uart
    :: else -> break
    od
  }
}

inline fetch() {
  d_step {
    if
    :: used -> ch = ring[0]; ring[0] = ring[1]; used--
    :: else -> ch = BYTES
    fi
  }
}

inline feed() {
  acquire(vmLock);
  space = ROOM - count;
#ifdef UNLOCKED_BETWEEN
  release(vmLock);
#endif
  do
  :: space ->
     acquire(hostLock);
     fetch();
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

active proctype keeper() {
  do
  :: acquire(hostLock); takeReceived(); release(hostLock)
  :: break
  od
}

active [2] proctype cpu() {
  byte space, ch;
  do
  :: feed()
  :: atomic { !vmLock && count -> count-- } /* the guest reads */
  :: break
  od
}

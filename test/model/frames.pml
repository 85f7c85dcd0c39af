/* Mirrors deliver and sendTo of src/core/frame.ts, the rings of src/core/port.ts, frameOffer, frameTake and frameFlush of
 * src/core/services-frame.ts, and receive of src/vmm/virtio/net.ts. Two VMs send to a third, whose driver offers buffers, takes them
 * back, and goes away and comes again. Proves that every frame that was put into a buffer reaches the driver, or goes with it; that
 * neither ring is overrun; and that nobody writes to a buffer once the port was closed. */

#define OFFERED 2 /* 256 in the code: pieces that a port holds */
#define FILLED 2  /* 256: buffers that were filled and not collected */
#define BUFFERS 3 /* of one life of the driver */

#define acquire(lock) atomic { !lock -> lock = true }
#define release(lock) lock = false

/* port.lock; under it: */
bool portLock, isOpen;
/* Free-running indices. Senders write taken and filled under the lock, the VM offered and collected. */
byte offered, taken, filled, collected, buffers;
/* DUE_FRAMES of the receiver's vCPU, and the interrupt of its CPU. */
bool due, kicked;
/* Frames in buffers of this life that the driver has not seen. */
byte unseen;
byte lives;
bool isGone;

inline send() {
  acquire(portLock);
  told = false;
  if
  :: isOpen ->
     if
     :: taken != offered ->
#ifdef CLOSED_UNLOCKED
        release(portLock);
#endif
        assert(isOpen); /* the copy into the buffer: it is the driver's */
        d_step { unseen++; assert(filled - collected < FILLED) };
        filled++;
        taken++;
        told = true
     :: else /* it is lost */
     fi
  :: else
  fi;
#ifndef CLOSED_UNLOCKED
  release(portLock);
#endif
  if
  :: told ->
#ifdef KICKED_BEFORE_DUE
     kicked = true;
     due = true
#else
     due = true;
     kicked = true
#endif
  :: else
  fi
}

active [2] proctype sender() {
  bool told;
  byte frames = 0;
  do
  :: frames < 2 -> send(); frames++
  :: break
  od
}

inline offer() {
  do
#ifdef FILLED_UNCOUNTED
  :: buffers < BUFFERS && offered - taken < OFFERED ->
#else
  :: buffers < BUFFERS && offered - taken < OFFERED && buffers - collected < FILLED ->
#endif
     offered++;
     buffers++
  :: else -> break
  od
}

inline collect() {
  do
  :: collected != filled -> d_step { collected++; unseen-- }
  :: else -> break
  od
}

inline begin(opens) {
#ifndef CLOSED_UNLOCKED
  acquire(portLock);
#endif
  isOpen = opens;
  d_step { offered = 0; taken = 0; filled = 0; collected = 0; buffers = 0; unseen = 0 };
#ifndef CLOSED_UNLOCKED
  release(portLock)
#else
  skip
#endif
}

/* The receiver's CPU: its guest runs, notifies, resets the device; an interrupt has it look at what is due. */
active proctype receiver() {
  begin(true);
  offer();
end:
  do
  :: kicked ->
#ifdef DUE_CLEARED_AFTERWARDS
     kicked = false;
     if
     :: due -> collect(); offer(); due = false
     :: else
     fi
#else
     kicked = false;
     if
     :: due -> due = false; collect(); offer()
     :: else
     fi
#endif
  :: lives == 0 && !isGone -> isGone = true; begin(false)
  :: isGone -> isGone = false; lives++; begin(true); offer()
  od
}

ltl seen { [] (unseen > 0 -> <> (unseen == 0)) }

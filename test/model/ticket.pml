/* The ticket lock of src/lib/lock.ts, step by step: ticket-lock.pml proves it, the other models lock with it. `ticket` is a
 * variable of the caller's own. */

#ifdef FEW_TICKETS
#define TICKETS 2
#else
#define TICKETS 4 /* 2^32 in the code */
#endif

typedef Lock { byte next; byte serving };

/* For a proof: what happens at the moment at which a CPU takes its place. */
#ifndef ARRIVED
#define ARRIVED
#endif

inline acquire(lock, ticket) {
#ifdef DRAWN_IN_TWO_STEPS
  atomic { ticket = lock.next; ARRIVED };
  lock.next = (ticket + 1) % TICKETS;
#else
  atomic { ticket = lock.next; lock.next = (ticket + 1) % TICKETS; ARRIVED };
#endif
#if defined(COMPARED_BY_SIZE)
  lock.serving >= ticket
#elif defined(NO_ORDER)
  atomic { lock.serving == 0 -> lock.serving = 1 }
#else
  lock.serving == ticket
#endif
}

inline release(lock, ticket) {
#ifdef NO_ORDER
  lock.serving = 0
#else
  ticket = lock.serving;
  d_step { lock.serving = (ticket + 1) % TICKETS; ticket = 0 } /* what no one will read makes no states */
#endif
}

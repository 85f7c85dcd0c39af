/** What storage may ask of core besides src/drive/core.ts. */

/** Request `ticket` is over: 1 if all of it was done. */
export declare function requestDone(ticket: u32, isDone: u32): void

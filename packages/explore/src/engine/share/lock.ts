/** A cell of a lock: nobody inside, somebody, somebody while others wait. */
const FREE = 0;
const TAKEN = 1;
const AWAITED = 2;

/** Looks at a lock that is taken before sleeping: most are held for less than it takes to fall asleep. */
const LOOKS = 200;
/** Sleeping this long at most before looking again, in milliseconds. */
const LOOK_AGAIN_MS = 1;
/** Nobody is inside for so long, in milliseconds: whoever was is gone. */
const LOST_AFTER_MS = 10_000;

/** Thrown when a lock is not given back: the thread that held it has ended. */
export class LockLostError extends Error {
  readonly code = 'LOCK_LOST';
  constructor(waitedMs: number) {
    super(
      `Cannot go on with the others as the thread inside their common lock must leave it: it has not for ${waitedMs} ms`,
    );
    this.name = 'LockLostError';
  }
}

/**
 * Runs `inside` while no other thread is inside the lock at this cell, which is 0 when free. Throws `LockLostError` when it does not
 * become free for so many milliseconds.
 */
export function locked<T>(
  cells: Int32Array,
  cell: number,
  inside: () => T,
  lostAfterMs: number = LOST_AFTER_MS,
): T {
  if (Atomics.compareExchange(cells, cell, FREE, TAKEN) !== FREE) wait(cells, cell, lostAfterMs);
  try {
    return inside();
  } finally {
    if (Atomics.exchange(cells, cell, FREE) === AWAITED) Atomics.notify(cells, cell, 1);
  }
}

function wait(cells: Int32Array, cell: number, lostAfterMs: number): void {
  for (let look = 0; look < LOOKS; look++)
    if (Atomics.load(cells, cell) === FREE && Atomics.compareExchange(cells, cell, FREE, TAKEN) === FREE)
      return;
  for (let waitedMs = 0; Atomics.exchange(cells, cell, AWAITED) !== FREE; waitedMs += LOOK_AGAIN_MS) {
    if (waitedMs >= lostAfterMs) throw new LockLostError(waitedMs);
    Atomics.wait(cells, cell, AWAITED, LOOK_AGAIN_MS);
  }
}

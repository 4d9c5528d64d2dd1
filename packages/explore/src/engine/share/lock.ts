/** Waiting this long at most before looking again, in milliseconds. */
const LOOK_AGAIN_MS = 1;

/** Runs `inside` while no other thread is inside the lock at this cell, which is 0 when free. */
export function locked<T>(cells: Int32Array, cell: number, inside: () => T): T {
  while (Atomics.compareExchange(cells, cell, 0, 1) !== 0) Atomics.wait(cells, cell, 1, LOOK_AGAIN_MS);
  try {
    return inside();
  } finally {
    Atomics.store(cells, cell, 0);
    Atomics.notify(cells, cell, 1);
  }
}

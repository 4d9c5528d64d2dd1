/**
 * What the threads of a campaign share: which seed is next, where to stop, and what each is at. Seeds are spoken of
 * as offsets from the first one. Offsets are handed out in rising order, so once a seed has been found that ends the
 * campaign, every smaller one has been handed out too: finishing those makes the outcome the same for any number of threads.
 */
export class CampaignControl {
  readonly shared: SharedArrayBuffer;
  private readonly cells: Int32Array;

  /** A fresh one for `count` seeds and `jobs` threads, or the one another thread made. */
  constructor(from: SharedArrayBuffer | { readonly count: number; readonly jobs: number }) {
    this.shared =
      from instanceof SharedArrayBuffer ? from : new SharedArrayBuffer(4 * (FIRST_JOB + from.jobs));
    this.cells = new Int32Array(this.shared);
    if (from instanceof SharedArrayBuffer) return;
    Atomics.store(this.cells, LIMIT, from.count);
    for (let job = 0; job < from.jobs; job++) this.at(job, IDLE);
  }

  /** The next `size` offsets as [first, end); empty when there are none left. */
  take(size: number): readonly [number, number] {
    const limit = this.limit();
    if (Atomics.load(this.cells, NEXT) >= limit) return [limit, limit];
    const first = Atomics.add(this.cells, NEXT, size);
    return [first, Math.min(first + size, limit)];
  }

  /** Offsets from here on are not wanted any more. */
  limit(): number {
    return Atomics.load(this.cells, LIMIT);
  }

  /** Asks for nothing from `offset` on; a smaller limit stays. */
  lowerLimit(offset: number): void {
    for (let seen = this.limit(); offset < seen; ) {
      const found = Atomics.compareExchange(this.cells, LIMIT, seen, offset);
      if (found === seen) return;
      seen = found;
    }
  }

  /** Notes what a thread is at: an offset, or `IDLE`. */
  at(job: number, offset: number): void {
    Atomics.store(this.cells, FIRST_JOB + job, offset);
  }

  /** What a thread is at. */
  whereIs(job: number): number {
    return Atomics.load(this.cells, FIRST_JOB + job);
  }
}

/** A thread that runs no seed just now. */
export const IDLE = -1;

const NEXT = 0;
const LIMIT = 1;
const FIRST_JOB = 2;

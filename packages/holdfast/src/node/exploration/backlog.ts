/** A search gets warm for so long: its pace says nothing before. */
const WARM_MS = 100;
/** The pace is taken over at least so long. */
const WINDOW_MS = 100;
/** More work than this, in milliseconds of one thread, must wait for others to be worth starting: about what starting one takes. */
const WORTH_MS = 80;

/**
 * Whether it is worth starting other threads. Each takes a tenth of a second to start, and then compiles for itself what this one has
 * compiled, on the same processors: a search of a second is no sooner over with two. How long one will take nobody knows; but in those that take
 * long more waits, at the pace of late, than in those that are nearly over.
 */
export class Backlog {
  private sinceMs = -WINDOW_MS;
  private expandedThen = 0;

  /** With how many states are expanded, and how many wait, so many milliseconds after the search began. */
  isWorthThreads(nowMs: number, expanded: number, queued: number): boolean {
    const spanMs = nowMs - this.sinceMs;
    if (nowMs < WARM_MS || spanMs < WINDOW_MS) return false;
    const isFirst = this.sinceMs < 0;
    const pace = (expanded - this.expandedThen) / spanMs;
    this.sinceMs = nowMs;
    this.expandedThen = expanded;
    return !isFirst && queued > pace * WORTH_MS;
  }
}

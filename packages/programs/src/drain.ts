/**
 * Runs what promises and `process.nextTick` have waiting from inside one turn of Node's loop. Stands on two entries of `process`
 * that Node keeps for itself: whether they are there and do what they did is asked before each run (`canDrain`).
 */
interface Inside {
  /** Runs all ticks and reactions in Node's own order. Documented as deprecated (DEP0134). */
  readonly _tickCallback?: () => void;
  /** What Node does with an exception nobody caught: tells `uncaughtException`, and unwinds its own bookkeeping. */
  readonly _fatalException?: (error: unknown) => boolean;
}

const inside = process as unknown as Inside;

/**
 * Whether Node can be drained here and now: the entries exist, and ticks and reactions run in the order we know. False inside of
 * a promise reaction, where a drain does nothing; the top level of an ES module is one.
 */
export function canDrain(): boolean {
  if (typeof inside._tickCallback !== 'function' || typeof inside._fatalException !== 'function')
    return false;
  const order: string[] = [];
  void Promise.resolve().then(() => {
    order.push('reaction');
    process.nextTick(() => order.push('nested tick'));
  });
  process.nextTick(() => order.push('tick'));
  inside._tickCallback();
  return order.join() === 'tick,reaction,nested tick';
}

/** Drains until nothing waits. An exception thrown by a tick goes where Node sends it: to `uncaughtException`. */
export function drain(): void {
  for (;;) {
    try {
      inside._tickCallback?.();
      return;
    } catch (error) {
      // A tick that throws leaves its entry on Node's stack of asynchronous contexts; only Node's own handler takes it off.
      inside._fatalException?.(error);
    }
  }
}

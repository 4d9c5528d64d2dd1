import type { History, Operation } from './operation.ts';

/** One end of an operation. */
export interface HistoryEvent {
  readonly operation: Operation;
  readonly isInvocation: boolean;
  /** The time of the event; `Infinity` for the completion of an unknown operation. */
  readonly at: number;
}

/**
 * The invocations and completions of a history in order of time, completions of unknown operations last. At equal times
 * operations count as concurrent: invocations come first, except where a process must complete before it invokes again.
 */
export function eventsOf(history: History): HistoryEvent[] {
  const { operations } = history;
  const completions = [...operations].sort((a, b) => a.completedAt - b.completedAt || a.id - b.id);
  const events: HistoryEvent[] = [];
  const done = new Uint8Array(operations.length);
  const openOf = new Map<number, Operation>();
  const complete = (operation: Operation): void => {
    if (done[operation.id] === 1) return;
    done[operation.id] = 1;
    events.push({ operation, isInvocation: false, at: operation.completedAt });
  };
  let next = 0;
  for (const operation of operations) {
    for (let ending = completions[next]; ending !== undefined; ending = completions[next]) {
      if (ending.completedAt >= operation.invokedAt) break;
      complete(ending);
      next++;
    }
    const before = openOf.get(operation.process);
    if (before !== undefined && before.completedAt <= operation.invokedAt) complete(before);
    openOf.set(operation.process, operation);
    events.push({ operation, isInvocation: true, at: operation.invokedAt });
  }
  for (; next < completions.length; next++) {
    const ending = completions[next];
    if (ending !== undefined) complete(ending);
  }
  return events;
}

import type { Operation } from '@holdfast/check';

/** How old what a read answered was. */
export interface ReadAge {
  /** The operation's number. */
  readonly id: number;
  /** How long before the read was asked an acknowledged write had replaced what it answered; 0 when none had. */
  readonly staleUs: number;
}

/**
 * How old each answered read of a register was, as clients can tell: by the first acknowledged write of the same key that was invoked after the write it answers had
 * been acknowledged. Every value is written once at most. Of reads of values nobody acknowledged nothing is said.
 */
export function readAges(operations: readonly Operation[]): ReadAge[] {
  const writes = operations.filter(({ f, outcome }) => f === 'write' && outcome === 'ok');
  return operations.flatMap(({ id, f, key, output, outcome, invokedAt }) => {
    if (f !== 'read' || outcome !== 'ok') return [];
    const answered = writes.find((write) => write.key === key && write.input === output);
    // Nothing was there at the beginning.
    const since = output === null ? Number.NEGATIVE_INFINITY : answered?.completedAt;
    if (since === undefined) return [];
    const replaced = writes
      .filter((write) => write.key === key && write.invokedAt > since)
      .reduce((first, write) => Math.min(first, write.completedAt), Number.POSITIVE_INFINITY);
    return [{ id, staleUs: Math.max(0, invokedAt - replaced) }];
  });
}

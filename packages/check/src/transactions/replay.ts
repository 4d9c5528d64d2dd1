import { ABORTED, COMMITTED, type TransactionColumns } from './columns.ts';

/**
 * Runs the transactions one after another in the given order on an empty store and compares every read: separate,
 * simple code that trusts nothing the search found. Also checks process order and real time unless told not to.
 * Returns undefined when the order explains the history, else what does not fit. Linear.
 */
export function replaySerially(
  columns: TransactionColumns,
  order: ArrayLike<number>,
  respecting: 'data' | 'processes' | 'realtime' = 'realtime',
): string | undefined {
  const placed = new Uint8Array(columns.count);
  for (let i = 0; i < order.length; i++) {
    const t = order[i] as number;
    if (placed[t] === 1 || columns.outcome[t] === ABORTED) return `T${columns.id[t]} has no place there`;
    placed[t] = 1;
  }
  for (let t = 0; t < columns.count; t++) {
    if (columns.outcome[t] === COMMITTED && placed[t] === 0) return `T${columns.id[t]} is missing`;
  }
  return (
    (respecting === 'data' ? undefined : brokenProcessOrder(columns, order)) ??
    (respecting === 'realtime' ? brokenRealTime(columns, order) : undefined) ??
    (columns.workload === 'list-append' ? brokenListRead(columns, order) : brokenRegisterRead(columns, order))
  );
}

function brokenProcessOrder(columns: TransactionColumns, order: ArrayLike<number>): string | undefined {
  const last = new Int32Array(columns.sessions).fill(-1);
  for (let i = 0; i < order.length; i++) {
    const t = order[i] as number;
    const session = columns.session[t] as number;
    if (t < (last[session] as number)) return `T${columns.id[t]} is out of its process's order`;
    last[session] = t;
  }
  return undefined;
}

function brokenRealTime(columns: TransactionColumns, order: ArrayLike<number>): string | undefined {
  let latestInvocation = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < order.length; i++) {
    const t = order[i] as number;
    if ((columns.completedAt[t] as number) < latestInvocation) {
      return `T${columns.id[t]} comes after one that was invoked when it had completed`;
    }
    latestInvocation = Math.max(latestInvocation, columns.invokedAt[t] as number);
  }
  return undefined;
}

function brokenListRead(columns: TransactionColumns, order: ArrayLike<number>): string | undefined {
  const { start, target, value, longest } = columns;
  const length = new Int32Array(longest.length);
  for (let i = 0; i < order.length; i++) {
    const t = order[i] as number;
    const end = start[t + 1] as number;
    for (let op = start[t] as number; op < end; op++) {
      const code = target[op] as number;
      const key = code >> 1;
      const now = length[key] as number;
      const chain = longest[key] as readonly number[];
      if ((code & 1) === 0) {
        if (now < chain.length && chain[now] !== value[op])
          return `an append of T${columns.id[t]} finds another's place`;
        length[key] = now + 1;
      } else if (value[op] !== now)
        return `a read of T${columns.id[t]} does not return the list of that moment`;
    }
  }
  return undefined;
}

function brokenRegisterRead(columns: TransactionColumns, order: ArrayLike<number>): string | undefined {
  const { start, target, value, initial } = columns;
  const state = new Int32Array(columns.keys.length).fill(initial);
  for (let i = 0; i < order.length; i++) {
    const t = order[i] as number;
    const end = start[t + 1] as number;
    for (let op = start[t] as number; op < end; op++) {
      const code = target[op] as number;
      if ((code & 1) === 0) state[code >> 1] = value[op] as number;
      else if (value[op] !== state[code >> 1])
        return `a read of T${columns.id[t]} does not return the value of that moment`;
    }
  }
  return undefined;
}

/**
 * Runs the transactions on snapshots: `~t` takes the snapshot that t reads, `t` commits its writes, refused when another has
 * committed one of its keys since. Returns undefined when every read returns what its snapshot held (registers only).
 */
export function replaySnapshots(columns: TransactionColumns, events: ArrayLike<number>): string | undefined {
  const { start, target, value, initial } = columns;
  const state = new Int32Array(columns.keys.length).fill(initial);
  const changedAt = new Int32Array(columns.keys.length).fill(-1);
  const begunAt = new Int32Array(columns.count).fill(-1);
  for (let i = 0; i < events.length; i++) {
    const event = events[i] as number;
    const t = event < 0 ? ~event : event;
    const own = new Map<number, number>();
    if (event >= 0 && (begunAt[t] as number) < 0) return `T${columns.id[t]} commits before it begins`;
    if (event < 0) begunAt[t] = i;
    for (let op = start[t] as number; op < (start[t + 1] as number); op++) {
      const key = (target[op] as number) >> 1;
      if (((target[op] as number) & 1) === 0) own.set(key, value[op] as number);
      else if (event < 0 && value[op] !== (own.get(key) ?? state[key]))
        return `a read of T${columns.id[t]} is not its snapshot's`;
    }
    if (event < 0) continue;
    for (const [key, written] of own) {
      if ((changedAt[key] as number) > (begunAt[t] as number))
        return `T${columns.id[t]} overwrites a concurrent commit`;
      changedAt[key] = i;
      state[key] = written;
    }
  }
  return undefined;
}

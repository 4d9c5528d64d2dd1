import type { PatternVerdict } from '../subjects/patterns/running.ts';

/** Something that was allocated, or given back. */
export interface Allocation {
  /** True time, microseconds. */
  readonly atUs: number;
  /** What it was taken from. */
  readonly of: string;
  /** Who has it: the name of a reservation. */
  readonly by: string;
  readonly change: 'taken' | 'given back';
}

/** How much more than there is was allocated of each thing at its worst instant; nothing where it never was. */
export function oversold(
  allocations: readonly Allocation[],
  capacity: (of: string) => number,
): Map<string, number> {
  const held = new Map<string, Set<string>>();
  const most = new Map<string, number>();
  for (const { of, by, change } of allocations.toSorted((a, b) => a.atUs - b.atUs)) {
    const now = held.get(of) ?? new Set<string>();
    held.set(of, now);
    if (change === 'given back') now.delete(by);
    else now.add(by);
    const over = now.size - capacity(of);
    if (over > (most.get(of) ?? 0)) most.set(of, over);
  }
  return most;
}

/** Capacity: what is allocated never exceeds what there is, at any instant. */
export function neverOversold(
  promise: string,
  allocations: readonly Allocation[],
  capacity: (of: string) => number,
): PatternVerdict {
  const examined = allocations.length;
  const over = oversold(allocations, capacity);
  const total = [...over.values()].reduce((sum, count) => sum + count, 0);
  const [first] = over;
  if (first === undefined)
    return { promise, kept: true, reason: `${examined} allocations, never more than there is`, examined };
  const [of, by] = first;
  const reason = `${capacity(of) + by} of ${capacity(of)} ${of} were allocated at once; ${total} too many in all`;
  return { promise, kept: false, reason, examined };
}

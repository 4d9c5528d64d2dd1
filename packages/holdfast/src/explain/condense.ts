import type { Trace } from '@holdfast/trace';

/** What led to a violation, before it is made short. */
export interface Led {
  /** Everything behind it, in order. */
  readonly behind: readonly number[];
  /** What the violation goes away without. */
  readonly necessary: ReadonlySet<number>;
  /** What must be told whatever else is left out: the end, the point of no return, broken rules. */
  readonly kept: readonly number[];
}

/** A run's reason is told by so many events, or by a tenth of its trace, whichever is more. */
const FEW = 20;
const SHARE = 0.1;

/** Kinds that are told before others: what people asked, and what went wrong. */
const FIRST: ReadonlySet<string> = new Set([
  'violation',
  'fault',
  'crash',
  'restart',
  'pause',
  'clock',
  'disk',
  'invoke',
  'ok',
  'fail',
  'unknown',
]);
/** What a step did to its node. */
const DEEDS: ReadonlySet<string> = new Set(['note', 'store', 'state']);

/** Most events that tell a run's reason. */
export function mostTold(trace: Trace): number {
  return Math.max(FEW, Math.floor(trace.events.length * SHARE));
}

/**
 * The events that tell why, few enough to be read: what people asked and what went wrong, then messages that the violation needs and that
 * changed something, then others, later ones before earlier ones. In order, never more than `mostTold`.
 */
export function condensed(trace: Trace, { behind, necessary, kept }: Led): readonly number[] {
  const inSlice = new Set(behind);
  const changes = new Set<number>();
  const arrives = new Set<number>();
  for (const { kind, cause, message, id } of trace.events) {
    if (DEEDS.has(kind)) changes.add(cause);
    if (kind === 'deliver' && inSlice.has(id)) arrives.add(message);
  }
  const rank = (id: number): number => {
    const event = trace.events[id];
    if (event === undefined) return 9;
    const { kind, message } = event;
    if (FIRST.has(kind)) return 1;
    // A message is told where it arrives.
    if (kind === 'send' && arrives.has(message)) return 6;
    if (kind === 'boot' || kind === 'timer') return 5;
    if (necessary.has(id)) return changes.has(id) ? 2 : 3;
    return 4;
  };
  const first = [...new Set(kept.filter((id) => id >= 0 && trace.events[id] !== undefined))];
  const rest = behind.filter((id) => !first.includes(id)).toSorted((a, b) => rank(a) - rank(b) || b - a);
  return [...first, ...rest].slice(0, mostTold(trace)).toSorted((a, b) => a - b);
}

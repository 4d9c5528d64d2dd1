import type { Bounds } from '@holdfast/explore';
import type { FaultKind } from '@holdfast/world';

/** What an exploration makes of an experiment's faults. */
export interface FaultBounds {
  readonly bounds: Bounds;
  /** Kinds of fault that it does not make: steps have no times, and copies of messages come only when bounds ask for them. */
  readonly leftOut: readonly FaultKind[];
}

/** Any order of deliveries, and messages that never arrive, are part of every exploration: they make all of these. */
const IN_ANY_ORDER: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'partition',
  'one-way',
  'bridge',
  'flapping',
  'channel',
  'loss',
  'reorder',
  'slow-link',
  'narrow-link',
  'black-hole',
  'pause',
  'slow-cpu',
  'disk-slow',
]);

/** Timers that go off in a whole run, unless bounds say otherwise. */
const TIMEOUTS = 2;
/** Messages on their way at once, where any may be lost: what larger ones show, two at a time nearly always show as well. */
const IN_FLIGHT = 2;

/**
 * Bounds within which an exploration does what an experiment's faults do. What a power failure can take is lost in a crash between a store
 * and its sync; without crashes, stores may as well be durable at once.
 */
export function withinFaults(kinds: readonly FaultKind[]): FaultBounds {
  const has = (...wanted: FaultKind[]): boolean => wanted.some((kind) => kinds.includes(kind));
  const crashes = has('crash') ? 1 : 0;
  const forgets = has('disk-lost-writes');
  const bounds: Bounds = {
    crashes,
    timeouts: TIMEOUTS,
    drops: Infinity,
    duplicates: 0,
    inFlight: IN_FLIGHT,
    storage: crashes > 0 && forgets ? 'separate' : 'at-once',
  };
  const made = new Set<FaultKind>([...IN_ANY_ORDER, 'crash', 'disk-lost-writes']);
  return { bounds, leftOut: [...new Set(kinds)].filter((kind) => !made.has(kind)) };
}

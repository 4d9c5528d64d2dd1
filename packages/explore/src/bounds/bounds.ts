/**
 * What a run may contain: the size of the world that is searched to the end. What is left out is not looked at, and a verdict of
 * `holds` holds within these bounds only.
 */
export interface Bounds {
  /** Crashes in a whole run; each may be followed by a restart. Default 0. */
  readonly crashes?: number;
  /** Timers that go off in a whole run. Default unlimited: every armed timer may go off at any time. */
  readonly timeouts?: number;
  /** How often a timer of this name may go off at each node; `*` stands for every name not given. Default unlimited. */
  readonly timers?: Readonly<Record<string, number>>;
  /** Requests that clients make in a whole run. Default: as many as their scripts hold. */
  readonly requests?: number;
  /** Messages the network loses in a whole run. Default 0: a message that is never delivered is as good as lost. */
  readonly drops?: number;
  /** Messages the network doubles in a whole run; on a network that duplicates anyway it has no meaning. Default 0. */
  readonly duplicates?: number;
  /** Messages in flight at once: a step that would send more is not taken. Default unlimited. */
  readonly inFlight?: number;
  /** Steps in a run. Default unlimited. */
  readonly rounds?: number;
  /**
   * `separate`: a store becomes durable in a step of its own, and a crash before it loses what was written since, all or the last
   * part of it. `at-once`: durable in the step that wrote it. Default `separate`.
   */
  readonly storage?: 'separate' | 'at-once';
}

/** Bounds with nothing left open; `Infinity` where there is none. */
export type ResolvedBounds = Readonly<Required<Bounds>>;

/** Thrown for bounds that make no sense. */
export class BoundsError extends RangeError {
  readonly code = 'BAD_BOUNDS';
  readonly bound: string;
  readonly value: unknown;
  constructor(bound: string, value: unknown) {
    super(
      `Cannot explore within bounds as ${bound} must be a whole number of at least 0, or Infinity: ${String(value)}`,
    );
    this.name = 'BoundsError';
    this.bound = bound;
    this.value = value;
  }
}

/** Fills in what is left open. Throws `BoundsError` for what is not a count. */
export function resolveBounds(bounds: Bounds): ResolvedBounds {
  const resolved: ResolvedBounds = {
    crashes: bounds.crashes ?? 0,
    timeouts: bounds.timeouts ?? Infinity,
    timers: bounds.timers ?? {},
    requests: bounds.requests ?? Infinity,
    drops: bounds.drops ?? 0,
    duplicates: bounds.duplicates ?? 0,
    inFlight: bounds.inFlight ?? Infinity,
    rounds: bounds.rounds ?? Infinity,
    storage: bounds.storage ?? 'separate',
  };
  for (const [bound, value] of Object.entries(resolved)) {
    if (typeof value === 'number') checkCount(bound, value);
  }
  for (const [timer, value] of Object.entries(resolved.timers)) checkCount(`timers.${timer}`, value);
  return resolved;
}

function checkCount(bound: string, value: number): void {
  if (value !== Infinity && (!Number.isSafeInteger(value) || value < 0)) throw new BoundsError(bound, value);
}

/** Bounds in words: `1 crash, 2 timeouts`; only those that limit something. */
export function boundsText(bounds: ResolvedBounds): string {
  const { crashes, timeouts, timers, requests, drops, duplicates, inFlight, rounds, storage } = bounds;
  const parts = [
    count(crashes, 'crash', 'crashes'),
    count(timeouts, 'timeout', 'timeouts'),
    ...Object.entries(timers).map(
      ([timer, times]) => `${timer === '*' ? 'other timers' : timer} ${times}x per node`,
    ),
    count(requests, 'request', 'requests'),
    count(drops, 'loss', 'losses'),
    count(duplicates, 'duplicate', 'duplicates'),
    inFlight === Infinity ? '' : `${inFlight} in flight`,
    count(rounds, 'step', 'steps'),
    storage === 'at-once' ? 'stores durable at once' : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function count(value: number, one: string, many: string): string {
  if (value === Infinity) return '';
  return `${value === 0 ? 'no' : value} ${value === 1 ? one : many}`;
}

import type { PatternVerdict } from '../subjects/patterns/running.ts';

/** Something that was done to the world outside. */
export interface Effect {
  /** True time, microseconds. */
  readonly atUs: number;
  /** What it was done for: the order that was paid, the job that ran. */
  readonly businessId: string;
  /** This effect in words: the key, token or request it was done under. */
  readonly under: string;
  /** Its event in the trace. */
  readonly event?: number;
}

/** The pairs of first and second effects for one business id, in the order of the second. */
export function doneTwice(effects: readonly Effect[]): (readonly [first: Effect, second: Effect])[] {
  const firsts = new Map<string, Effect>();
  const pairs: (readonly [Effect, Effect])[] = [];
  for (const effect of effects.toSorted((a, b) => a.atUs - b.atUs)) {
    const first = firsts.get(effect.businessId);
    if (first === undefined) firsts.set(effect.businessId, effect);
    else pairs.push([first, effect]);
  }
  return pairs;
}

/** Safety: for each business id there is at most one effect, whatever it was done under. A breach names both. `done` is a word: `captured`. */
export function atMostOnce(promise: string, done: string, effects: readonly Effect[]): PatternVerdict {
  const examined = effects.length;
  const pairs = doneTwice(effects);
  const [first] = pairs;
  if (first === undefined)
    return { promise, kept: true, reason: `${examined} effects, no two for one`, examined };
  const [a, b] = first;
  const seconds = (us: number): string => `${(us / 1_000_000).toFixed(3)} s`;
  const more = pairs.length > 1 ? `; ${pairs.length} such effects in all` : '';
  const reason = `${a.businessId} was ${done} under ${a.under} at ${seconds(a.atUs)}, and again under ${b.under} at ${seconds(b.atUs)}${more}`;
  // A run without a trace has no events.
  const events = [a.event ?? -1, b.event ?? -1].filter((event) => event >= 0);
  return { promise, kept: false, reason, examined, ...(events.length === 0 ? {} : { events }) };
}

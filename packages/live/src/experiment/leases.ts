import type { Verdict } from '@holdfast/check';
import type { Recorded } from '../history/recorder.ts';
import { leaseIn } from '../subjects/leases.ts';

/** A stretch of time in which a client believes to hold a lease, microseconds: from the answer on, to the end by its own clock. */
interface Belief {
  readonly holder: string;
  readonly key: string;
  readonly fromUs: number;
  readonly untilUs: number;
}

const PROMISE =
  'no two clients believe to hold a lease at once, tokens rise, and no write with an older one follows a newer';

/**
 * Judges leases by what clients were told. A client believes to hold a lease from the answer on until its time to live has passed since it asked (since it was
 * answered, if it says that it counts so), until it gives the lease back, or hears that it has lost it. What had no answer gives no belief and takes none.
 */
export function judgeLeases(recorded: readonly Recorded[], keyPrefix = ''): Verdict {
  const own = recorded.filter(({ action }) => (action.key ?? '').startsWith(keyPrefix));
  const beliefs = [...heldBy(own).values()].flatMap(beliefsOf);
  const taken = own.filter(({ action, answer }) => action.f === 'acquire-lease' && answer.outcome === 'ok');
  const writes = own.filter(({ action }) => action.f === 'fenced-write');
  const stored = writes.filter(({ answer }) => answer.outcome === 'ok');
  const evidence = { examined: taken.length + stored.length, steps: own.length };
  const verdict = (status: Verdict['status'], reason: string): Verdict => ({
    promise: PROMISE,
    status,
    reason,
    evidence,
  });
  const broken =
    overlap(beliefs) ??
    fallen(taken, (one) => Number(one.answer.output), 'was given token', true) ??
    fallen(stored, ({ action }) => leaseIn(action.input).token, 'wrote with token', false);
  if (broken !== undefined) return verdict('violated', broken);
  if (new Set(taken.map(({ action }) => leaseIn(action.input).holder)).size < 2)
    return verdict('undecided', `${taken.length} leases were given: nobody could meet anybody`);
  const refused = writes.filter(({ answer }) => answer.outcome === 'fail').length;
  return verdict(
    'holds',
    `${taken.length} leases were believed in one after another; ${stored.length} writes were stored, ${refused} were fenced off`,
  );
}

/** What each holder asked about its lease, in the order of the answers. */
function heldBy(recorded: readonly Recorded[]): Map<string, Recorded[]> {
  const holders = new Map<string, Recorded[]>();
  for (const one of recorded) {
    if (!one.action.f.endsWith('-lease')) continue;
    const name = JSON.stringify([one.action.key, leaseIn(one.action.input).holder]);
    holders.set(name, [...(holders.get(name) ?? []), one]);
  }
  return holders;
}

function beliefsOf(asked: readonly Recorded[]): Belief[] {
  const beliefs: Belief[] = [];
  const endAt = (us: number): void => {
    for (const [i, one] of beliefs.entries())
      beliefs[i] = { ...one, untilUs: Math.min(one.untilUs, Math.max(us, one.fromUs)) };
  };
  for (const { action, answer, invokedAt, completedAt } of asked) {
    const { holder, ttlMs } = leaseIn(action.input);
    if (action.f === 'release-lease') endAt(invokedAt);
    else if (answer.outcome === 'fail') endAt(completedAt);
    if (action.f === 'release-lease' || answer.outcome !== 'ok') continue;
    const { countsFrom } = action.input as { readonly countsFrom?: string };
    const untilUs = (countsFrom === 'answer' ? completedAt : invokedAt) + ttlMs * 1_000;
    // Who renews in time never stops believing; both stretches are the same holder's.
    if (untilUs > completedAt) beliefs.push({ holder, key: action.key ?? '', fromUs: completedAt, untilUs });
  }
  return beliefs;
}

/** Two beliefs of different holders in one lease at one time, in words. */
function overlap(beliefs: readonly Belief[]): string | undefined {
  const latest = new Map<string, Belief>();
  for (const one of [...beliefs].sort((a, b) => a.fromUs - b.fromUs)) {
    const before = latest.get(one.key);
    const isMet = before !== undefined && before.holder !== one.holder && before.untilUs > one.fromUs;
    if (isMet && one.untilUs > one.fromUs) {
      const together = Math.min(before.untilUs, one.untilUs) - one.fromUs;
      return `${before.holder} and ${one.holder} both believed to hold ${one.key}, for ${shownMs(together)} from ${shownMs(one.fromUs)} on`;
    }
    if (one.untilUs > (before?.untilUs ?? one.fromUs)) latest.set(one.key, one);
  }
  return undefined;
}

/** A number that one operation had and another, begun after its end, fell below (or met, where numbers are new each time), in words. */
function fallen(
  recorded: readonly Recorded[],
  numberOf: (one: Recorded) => number,
  did: string,
  isNew: boolean,
): string | undefined {
  const ends = [...recorded].sort((a, b) => a.completedAt - b.completedAt);
  const highest = new Map<string, Recorded>();
  let next = 0;
  for (const one of [...recorded].sort((a, b) => a.invokedAt - b.invokedAt)) {
    for (let end = ends[next]; end !== undefined && end.completedAt < one.invokedAt; end = ends[++next]) {
      const known = highest.get(end.action.key ?? '');
      if (known === undefined || numberOf(end) > numberOf(known)) highest.set(end.action.key ?? '', end);
    }
    const before = highest.get(one.action.key ?? '');
    if (before === undefined) continue;
    const [had, has] = [numberOf(before), numberOf(one)];
    if (has > had || (has === had && !isNew)) continue;
    const [first, second] = [before, one].map(({ action }) => leaseIn(action.input).holder);
    return `after ${first} ${did} ${had}, ${second} ${did} ${has} (${one.action.key})`;
  }
  return undefined;
}

function shownMs(us: number): string {
  return `${Math.round(us / 100) / 10} ms`;
}

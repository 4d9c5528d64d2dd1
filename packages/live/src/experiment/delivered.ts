import type { VerdictStatus } from '@holdfast/check';
import { equalPlain } from '@holdfast/plain';
import type { Recorded } from '../history/recorder.ts';
import type { WatchEvent } from '../subjects/cluster.ts';
import { revisionOf } from './revisions.ts';

/** What was found, and why. */
export interface Delivered {
  readonly status: VerdictStatus;
  readonly reason: string;
}

/** Judges that each acknowledged write came once, as it was written, and all in the order of their revisions. */
export function judgeEveryChange(events: readonly WatchEvent[], writes: readonly Recorded[]): Delivered {
  for (const [i, { key, revision }] of events.entries()) {
    const before = events[i - 1]?.revision ?? 0;
    if (revision <= before) return violated(`after revision ${before} came revision ${revision} (${key})`);
  }
  const last = events.at(-1)?.revision ?? 0;
  const byRevision = new Map(events.map((event) => [event.revision, event] as const));
  // Stores that do not say in which revision they wrote are known by what was written: every value is new.
  const byValue = new Map(events.map((event) => [nameOf(event.key, event.value), event] as const));
  const arrivals: Arrival[] = [];
  for (const write of writes) {
    const { key = '', input } = write.action;
    const revision = revisionOf(write) ?? 0;
    const event = revision > 0 ? byRevision.get(revision) : byValue.get(nameOf(key, input));
    if (event !== undefined && (event.key !== key || !equalPlain(event.value, input)))
      return violated(
        `revision ${revision} wrote ${JSON.stringify(input)} to ${key}, and was delivered as ${JSON.stringify(event.value)} of ${event.key}`,
      );
    if (event === undefined && revision > 0 && revision < last)
      return violated(
        `the write of ${JSON.stringify(input)} to ${key} in revision ${revision} was never delivered, though revision ${last} was`,
      );
    arrivals.push({ write, at: event?.revision });
  }
  const broken = againstTime(arrivals);
  if (broken !== undefined) return violated(broken);
  const missing = arrivals.filter(({ at }) => at === undefined).length;
  if (missing > 0) return { status: 'undecided', reason: `the last ${missing} writes had not come yet` };
  return { status: 'holds', reason: `${writes.length} acknowledged writes came in order` };
}

/**
 * Judges that what came of a key never went back or came again, and that what every key holds in the end came. What a key held only in between may be left out: that
 * is all a watch promises whose events say that something has changed, and not to what.
 */
export function judgeNewest(events: readonly WatchEvent[], writes: readonly Recorded[]): Delivered {
  const newest = new Map<string, number>();
  for (const { key, revision } of events) {
    const before = newest.get(key) ?? 0;
    if (revision <= before)
      return violated(`after revision ${before} of ${key} came its revision ${revision}`);
    newest.set(key, revision);
  }
  const last = Math.max(0, ...newest.values());
  const delivered = new Map(events.map((event) => [nameOf(event.key, event.revision), event] as const));
  let missing = 0;
  for (const write of writes) {
    const { key = '', input } = write.action;
    const revision = revisionOf(write) ?? 0;
    const event = delivered.get(nameOf(key, revision));
    if (event !== undefined && !equalPlain(event.value, input))
      return violated(
        `revision ${revision} wrote ${JSON.stringify(input)} to ${key}, and was delivered as ${JSON.stringify(event.value)}`,
      );
    if ((newest.get(key) ?? 0) >= revision) continue;
    if (revision < last)
      return violated(
        `the write of ${JSON.stringify(input)} to ${key} in revision ${revision} was never delivered, nor what came behind it, though revision ${last} was`,
      );
    missing++;
  }
  if (missing > 0) return { status: 'undecided', reason: `the last ${missing} writes had not come yet` };
  return {
    status: 'holds',
    reason: `the last of ${writes.length} acknowledged writes of each of ${newest.size} keys came, ${events.length} states in all`,
  };
}

/** A write and the revision in which it was delivered, if it was. */
interface Arrival {
  readonly write: Recorded;
  readonly at: number | undefined;
}

/** A write that came behind, or never, though another one that began when it had ended came before; in words. */
function againstTime(arrivals: readonly Arrival[]): string | undefined {
  const ends = [...arrivals].sort((a, b) => a.write.completedAt - b.write.completedAt);
  let next = 0;
  let latest: Arrival | undefined;
  for (const one of [...arrivals].sort((a, b) => a.write.invokedAt - b.write.invokedAt)) {
    for (; (ends[next]?.write.completedAt ?? Number.POSITIVE_INFINITY) < one.write.invokedAt; next++) {
      const end = ends[next] as Arrival;
      if (latest === undefined || placeOf(end) > placeOf(latest)) latest = end;
    }
    if (one.at === undefined || latest === undefined || one.at > placeOf(latest)) continue;
    const { key = '', input } = latest.write.action;
    const what = `the write of ${JSON.stringify(input)} to ${key}`;
    const later = `${JSON.stringify(one.write.action.input)} to ${one.write.action.key}, written when it had been acknowledged`;
    return latest.at === undefined
      ? `${what} was never delivered, though ${later}, was`
      : `${what} was delivered behind ${later}`;
  }
  return undefined;
}

/** Behind all others when it never came. */
function placeOf({ at }: Arrival): number {
  return at ?? Number.POSITIVE_INFINITY;
}

function violated(reason: string): Delivered {
  return { status: 'violated', reason };
}

function nameOf(key: string, what: unknown): string {
  return `${key} ${JSON.stringify(what)}`;
}

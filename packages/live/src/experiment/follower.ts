import { type Verdict, worstStatus } from '@holdfast/check';
import { equalPlain } from '@holdfast/plain';
import type { Recorded } from '../history/recorder.ts';
import type { Cluster, Member, WatchEvent } from '../subjects/cluster.ts';
import { type Clock, REAL_CLOCK } from '../time.ts';

/** Pause before a watch that ended is opened anew. */
const AGAIN_MS = 50;

/** What a watch that follows keys through the loss of its member is told. */
export interface Following {
  readonly keyPrefix: string;
  /** True: a watch that ended is opened anew behind what it has delivered. False, the broken twin: from the present on. */
  readonly resumes: boolean;
  readonly clock?: Clock;
}

/** A client that watches keys at one member, from the first revision on, and opens its watch anew when it ends. */
export class Follower {
  readonly member: string;
  readonly events: WatchEvent[] = [];
  /** How often the watch was opened. */
  opened = 0;
  private readonly following: Following;
  private close: () => void = () => undefined;
  private isClosed = false;

  constructor(cluster: Cluster, member: Member, following: Following) {
    this.member = member.name;
    this.following = following;
    this.open(cluster, member);
  }

  /** The last revision that was delivered. */
  get last(): number {
    return this.events.at(-1)?.revision ?? 0;
  }

  /** Ends the watch for good; what it delivered stays. */
  end(): void {
    this.isClosed = true;
    this.close();
  }

  /** Judges what was delivered by the acknowledged writes under its prefix: each once, as it was written, in the order of their revisions. */
  judge(recorded: readonly Recorded[]): Verdict {
    const { keyPrefix } = this.following;
    const promise = `the watch on ${this.member} delivers every acknowledged change of ${keyPrefix} once, in order`;
    const writes = recorded.filter(
      ({ action, answer }) =>
        action.f === 'write' && answer.outcome === 'ok' && (action.key ?? '').startsWith(keyPrefix),
    );
    const evidence = { examined: writes.length, steps: this.events.length };
    const verdict = (status: Verdict['status'], reason: string): Verdict => ({
      promise,
      status,
      reason,
      evidence,
    });
    for (const [i, { key, revision }] of this.events.entries()) {
      const before = this.events[i - 1]?.revision ?? 0;
      if (revision <= before)
        return verdict('violated', `after revision ${before} came revision ${revision} (${key})`);
    }
    const delivered = new Map(this.events.map((event) => [event.revision, event] as const));
    let missing = 0;
    for (const write of writes) {
      const revision = revisionOf(write);
      const event = delivered.get(revision);
      const { key = '', input } = write.action;
      if (event !== undefined && (event.key !== key || !equalPlain(event.value, input)))
        return verdict(
          'violated',
          `revision ${revision} wrote ${JSON.stringify(input)} to ${key}, and was delivered as ${JSON.stringify(event.value)} of ${event.key}`,
        );
      if (event !== undefined) continue;
      if (revision < this.last)
        return verdict(
          'violated',
          `the write of ${JSON.stringify(input)} to ${key} in revision ${revision} was never delivered, though revision ${this.last} was`,
        );
      missing++;
    }
    if (writes.length === 0) return verdict('undecided', 'nothing was written');
    if (missing > 0) return verdict('undecided', `the last ${missing} writes had not come yet`);
    return verdict(
      'holds',
      `${writes.length} acknowledged writes came in order, over ${this.opened} watches`,
    );
  }

  private open(cluster: Cluster, member: Member): void {
    if (this.isClosed || cluster.watch === undefined) return;
    const { keyPrefix, resumes, clock = REAL_CLOCK } = this.following;
    const from = this.opened === 0 ? 1 : resumes ? this.last + 1 : 0;
    this.opened++;
    const again = (): void => {
      if (!this.isClosed) void clock.sleep(AGAIN_MS).then(() => this.open(cluster, member));
    };
    const request = { prefix: keyPrefix, fromRevision: from };
    this.close = cluster.watch(member, request, (event) => void this.events.push(event), again);
  }
}

/** Judges all of them as one. */
export function judgeFollowers(followers: readonly Follower[], recorded: readonly Recorded[]): Verdict {
  const verdicts = followers.map((follower) => follower.judge(recorded));
  const status = verdicts.length === 0 ? 'undecided' : worstStatus(verdicts);
  const worst = verdicts.find((one) => one.status === status);
  return (
    worst ?? {
      promise: 'watches deliver every acknowledged change once, in order',
      status,
      reason: 'there were no watches',
      evidence: { examined: 0, steps: 0 },
    }
  );
}

/** The store's revision in which a write was done; 0 when it did not say. */
export function revisionOf({ answer }: Recorded): number {
  const detail = answer.detail as { readonly revision?: number } | undefined;
  return detail?.revision ?? 0;
}

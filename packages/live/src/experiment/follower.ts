import { type Verdict, worstStatus } from '@holdfast/check';
import type { Recorded } from '../history/recorder.ts';
import type { Cluster, Member, WatchEvent } from '../subjects/cluster.ts';
import { type Clock, REAL_CLOCK } from '../time.ts';
import { judgeEveryChange, judgeNewest } from './delivered.ts';

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
  private readonly promises: NonNullable<Cluster['watches']>;
  private close: () => void = () => undefined;
  private isClosed = false;
  private highest = 0;

  constructor(cluster: Cluster, member: Member, following: Following) {
    this.member = member.name;
    this.promises = cluster.watches ?? 'every-change';
    this.following = following;
    this.open(cluster, member);
  }

  /** The last revision that was delivered. */
  get last(): number {
    return this.highest;
  }

  /** Ends the watch for good; what it delivered stays. */
  end(): void {
    this.isClosed = true;
    this.close();
  }

  /** Judges what was delivered by the acknowledged writes under its prefix, by what watches of the system promise. */
  judge(recorded: readonly Recorded[]): Verdict {
    const { keyPrefix } = this.following;
    const writes = recorded.filter(
      ({ action, answer }) =>
        action.f === 'write' && answer.outcome === 'ok' && (action.key ?? '').startsWith(keyPrefix),
    );
    const evidence = { examined: writes.length, steps: this.events.length };
    const judgeDelivered = this.promises === 'newest' ? judgeNewest : judgeEveryChange;
    const what = this.promises === 'newest' ? 'the newest state of every key' : 'every acknowledged change';
    const promise = `the watch on ${this.member} delivers ${what} of ${keyPrefix} once, in order`;
    if (writes.length === 0) return { promise, status: 'undecided', reason: 'nothing was written', evidence };
    const { status, reason } = judgeDelivered(this.events, writes);
    const opened = status === 'holds' ? `, over ${this.opened} watches` : '';
    return { promise, status, reason: `${reason}${opened}`, evidence };
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
    const hear = (event: WatchEvent): void => {
      this.events.push(event);
      this.highest = Math.max(this.highest, event.revision);
    };
    this.close = cluster.watch(member, request, hear, again);
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

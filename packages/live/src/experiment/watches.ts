import type { Verdict } from '@holdfast/check';
import { LiveError } from '../errors.ts';
import type { Recorded } from '../history/recorder.ts';
import type { Cluster, Member, WatchEvent, WatchRequest } from '../subjects/cluster.ts';
import { eventually, type Patience } from '../time.ts';
import { Follower, type Following } from './follower.ts';
import { changesOf } from './revisions.ts';

interface Watch {
  readonly prefix: string;
  readonly fromRevision: number;
  readonly events: WatchEvent[];
  readonly close: () => void;
}

/** The watches of an experiment, by name, with what each delivered. */
export class Watches {
  private readonly watches = new Map<string, Watch>();
  /** Those of the workload, one at every member. */
  readonly followers: Follower[] = [];

  /** Opens a watch at a member. */
  open(cluster: Cluster, member: Member, as: string, request: WatchRequest): void {
    if (cluster.watch === undefined) throw noWatches(cluster);
    const events: WatchEvent[] = [];
    const close = cluster.watch(member, request, (event) => void events.push(event));
    this.watches.set(as, { ...request, events, close });
  }

  /** Follows keys at every member, as long as the experiment lasts. */
  follow(cluster: Cluster, following: Following): void {
    if (cluster.watch === undefined) throw noWatches(cluster);
    this.followers.push(...cluster.members.map((member) => new Follower(cluster, member, following)));
  }

  /** Waits until every follower has been told of what was acknowledged, or has certainly missed it, at most so long. */
  async caughtUp(recorded: readonly Recorded[], patience: Patience): Promise<void> {
    const isThrough = (follower: Follower): boolean => follower.judge(recorded).status !== 'undecided';
    await eventually(() => this.followers.every(isThrough), patience);
  }

  /** Whether an event of a key has come. */
  hasSeen(name: string, key: string): boolean {
    return this.named(name).events.some((event) => event.key === key);
  }

  /** Judges a watch: revisions from its beginning on, never falling. */
  judge(name: string): Verdict {
    const { fromRevision, events } = this.changes(name);
    const promise = `watch ${name} delivers revisions from ${fromRevision} on, in order`;
    const evidence = { examined: events.length, steps: events.length };
    let last = fromRevision;
    for (const { key, revision } of events) {
      if (revision < last) {
        const reason = `after revision ${last} came revision ${revision} (${key})`;
        return { promise, status: 'violated', reason, evidence };
      }
      last = revision;
    }
    const status = events.length === 0 ? 'undecided' : 'holds';
    return { promise, status, reason: `${events.length} events came in order`, evidence };
  }

  /** Judges that a watch delivered every acknowledged change of its keys from its beginning to the last event that came. */
  judgeComplete(name: string, recorded: readonly Recorded[]): Verdict {
    const { prefix, fromRevision, events } = this.changes(name);
    const promise = `watch ${name} leaves out no change from revision ${fromRevision} on`;
    const last = Math.max(0, ...events.map(({ revision }) => revision));
    const delivered = new Set(events.map(({ revision }) => revision));
    const due = [...changesOf(recorded, prefix)].filter(([at]) => at >= fromRevision && at <= last);
    const missing = due.filter(([at]) => !delivered.has(at)).map(([at, what]) => `${what} (revision ${at})`);
    const evidence = { examined: due.length, steps: due.length };
    if (missing.length > 0) {
      const reason = `it delivered revision ${last} and left out ${missing.slice(0, 5).join(', ')}`;
      return { promise, status: 'violated', reason, evidence };
    }
    const status = due.length === 0 ? 'undecided' : 'holds';
    return { promise, status, reason: `all ${due.length} changes came`, evidence };
  }

  /** Judges the notes of progress of a watch: what it says it has delivered it delivers no more. */
  judgeProgress(name: string): Verdict {
    const { events } = this.named(name);
    const promise = `what watch ${name} says it has delivered it has`;
    const notes = events.filter(({ kind }) => kind === 'progress').length;
    const evidence = { examined: notes, steps: events.length };
    let said = 0;
    for (const { key, revision, kind } of events) {
      if (kind === 'progress') said = Math.max(said, revision);
      else if (revision <= said) {
        const reason = `it said that all to revision ${said} had come; then came revision ${revision} (${key})`;
        return { promise, status: 'violated', reason, evidence };
      }
    }
    const status = notes === 0 ? 'undecided' : 'holds';
    return { promise, status, reason: `${notes} notes of progress were true`, evidence };
  }

  /** Ends all watches; what they delivered stays. */
  closeAll(): void {
    for (const { close } of this.watches.values()) close();
    for (const follower of this.followers) follower.end();
  }

  private changes(name: string): Watch {
    const watch = this.named(name);
    return { ...watch, events: watch.events.filter(({ kind }) => kind !== 'progress') };
  }

  private named(name: string): Watch {
    const watch = this.watches.get(name);
    if (watch !== undefined) return watch;
    const known = [...this.watches.keys()].join(', ') || 'none';
    throw new LiveError(
      'UNKNOWN_NAME',
      `Cannot find the watch '${name}': known are ${known}`,
      "name it with 'as'",
      name,
    );
  }
}

function noWatches({ system }: Cluster): LiveError {
  return new LiveError(
    'FAULT_UNSUPPORTED',
    `Cannot watch keys of ${system}: it has no watches here`,
    'use a system that has them',
    system,
  );
}

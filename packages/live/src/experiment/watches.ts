import type { Verdict } from '@holdfast/check';
import { LiveError } from '../errors.ts';
import type { Cluster, Member, WatchEvent } from '../subjects/cluster.ts';

interface Watch {
  readonly fromRevision: number;
  readonly events: WatchEvent[];
  readonly close: () => void;
}

/** The watches of an experiment, by name, with what each delivered. */
export class Watches {
  private readonly watches = new Map<string, Watch>();

  /** Opens a watch at a member, from a revision on. */
  open(cluster: Cluster, member: Member, as: string, key: string, fromRevision: number): void {
    if (cluster.watch === undefined) {
      throw new LiveError(
        'FAULT_UNSUPPORTED',
        `Cannot watch keys of ${cluster.system}: it has no watches here`,
        'use etcd',
      );
    }
    const events: WatchEvent[] = [];
    const close = cluster.watch(member, key, fromRevision, (event) => void events.push(event));
    this.watches.set(as, { fromRevision, events, close });
  }

  /** Whether an event of a key has come. */
  hasSeen(name: string, key: string): boolean {
    return this.named(name).events.some((event) => event.key === key);
  }

  /** Judges a watch: revisions from its beginning on, never falling. */
  judge(name: string): Verdict {
    const { fromRevision, events } = this.named(name);
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

  /** Ends all watches; what they delivered stays. */
  closeAll(): void {
    for (const { close } of this.watches.values()) close();
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

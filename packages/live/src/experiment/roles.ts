import { LiveError } from '../errors.ts';
import type { Cluster, Member } from '../subjects/cluster.ts';
import { awaitLeader } from '../subjects/run.ts';
import type { Clock } from '../time.ts';

const LEADER_MS = 15_000;

/**
 * What names stand for: members by their own names, names given by `let`, and roles: `leader` is whoever leads when it is asked, `follower` a
 * member that neither leads nor has a name yet, `other` any member without a name.
 */
export class Roles {
  private readonly cluster: Cluster;
  private readonly signal: AbortSignal | undefined;
  private readonly clock: Clock | undefined;
  private readonly names = new Map<string, Member>();

  constructor(cluster: Cluster, signal: AbortSignal | undefined, clock?: Clock) {
    this.clock = clock;
    this.cluster = cluster;
    this.signal = signal;
  }

  /** Gives a member a name of its own. */
  give(name: string, member: Member): void {
    this.names.set(name, member);
  }

  /** The member a name stands for now. Throws `LiveError` when there is none. */
  async resolve(name: string): Promise<Member> {
    const given = this.names.get(name) ?? this.cluster.members.find((member) => member.name === name);
    if (given !== undefined) return given;
    const { signal, clock } = this;
    if (name === 'leader') return awaitLeader(this.cluster, { withinMs: LEADER_MS, signal, clock });
    const taken = new Set([...this.names.values()].map((member) => member.name));
    if (name === 'follower') taken.add((await this.resolve('leader')).name);
    const free = this.cluster.members.find((member) => !taken.has(member.name));
    if ((name === 'follower' || name === 'other') && free !== undefined) return free;
    const known = [...this.cluster.members.map((member) => member.name), ...this.names.keys()];
    throw new LiveError(
      'UNKNOWN_NAME',
      `Cannot find '${name}' among the members: known are ${known.join(', ')}, leader, follower, other`,
      "name one of them, or give a name with 'let'",
      name,
    );
  }
}

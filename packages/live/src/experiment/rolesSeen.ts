import type { SeenMessage } from '../devices/mesh/link.ts';

/** What a member showed of itself by a message it sent. */
export interface RoleSeen {
  readonly role: 'leader' | 'follower' | 'candidate';
  readonly term: number;
}

/** Which role sends which message; of the other messages nothing follows. */
const ROLES: Readonly<Record<string, RoleSeen['role']>> = {
  App: 'leader',
  Heartbeat: 'leader',
  AppResp: 'follower',
  HeartbeatResp: 'follower',
  Vote: 'candidate',
  PreVote: 'candidate',
};

/** Follows what members of a Raft group show of themselves in the messages they send. */
export class RolesSeen {
  private readonly last = new Map<number, RoleSeen>();

  /** What has become known of the sender by this message; undefined when nothing has changed. */
  next({ from, type, term }: SeenMessage): RoleSeen | undefined {
    const role = ROLES[type];
    if (role === undefined) return undefined;
    const before = this.last.get(from);
    // A vote that is only asked for in advance names the term after the sender's own.
    const seen = { role, term: type === 'PreVote' ? term - 1 : term };
    if (before?.role === seen.role && before.term === seen.term) return undefined;
    this.last.set(from, seen);
    return seen;
  }
}

import type { Raft } from './state.ts';
import type { Progress } from './tracker/progress.ts';

/**
 * Tells all others that this leader is there. The commit index never passes what the follower is known to have, since a
 * heartbeat does not say what entries it means.
 */
export function broadcastHeartbeat(raft: Raft, round: number): void {
  const { state, port } = raft;
  const { progress } = state.tracker;
  for (let i = 0; i < progress.length; i++) {
    const p = progress[i] as Progress;
    if (p.id === state.self) continue;
    const commit = Math.min(p.match, state.log.committed);
    port.send(p.id, { type: 'heartbeat', term: state.term, commit, round });
  }
}

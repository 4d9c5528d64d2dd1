import { type FaultDraft, promising, raftKv, type Subject } from 'holdfast';
import { LONG_CUT, LONG_RUN_S } from '../span.ts';

export const CALM_LEADERSHIP = 'leadership does not flap';
/** Changes of leader that can be right: the first election, the transfer to A, and one more. */
const MOST_CHANGES = 3;

const apart = (a: string, b: string): FaultDraft => {
  return { kind: 'partition', groups: [[a], [b]], unlisted: 'with-all', ...LONG_CUT };
};

/** Of the links between five servers only A-B, A-C, C-D and D-E remain: C is the bridge. */
export const BRIDGE: readonly FaultDraft[] = [
  { kind: 'bridge', left: ['N1', 'N2'], right: ['N4', 'N5'], ...LONG_CUT },
  apart('N2', 'N3'),
  apart('N3', 'N5'),
];

/** Raft on five servers, led by the first when the links go: with pre-vote and check-quorum, or without. */
export function bridged(sticky: boolean): Subject {
  const store = raftKv({
    nodes: 5,
    transfers: [{ atMs: 1_000, to: 1 }],
    raft: { preVote: sticky, checkQuorum: sticky },
  });
  return promising(store, CALM_LEADERSHIP, (operations, metrics) => {
    const changes = Math.round(((metrics['leader_changes_per_minute'] ?? 0) * LONG_RUN_S) / 60);
    return {
      status: changes > MOST_CHANGES ? 'violated' : 'holds',
      reason: `the leader changed ${changes} times, ${MOST_CHANGES} may be right`,
      examined: operations.length,
    };
  });
}

import type { RaftMessage, RaftState } from '@holdfast/protocols';
import {
  type CoreProperty,
  type NodeSight,
  ofHistory,
  ofMessages,
  ofNodes,
  ofNodesAndHistory,
} from '../properties/property.ts';
import type { RaftWatched } from './raftWatch.ts';

/** What a leader knows of a follower. */
interface Fed {
  readonly node: number;
  readonly match: number;
  readonly next: number;
}

interface NodeView {
  readonly term: number;
  readonly committed: number;
  /** The end of its log. */
  readonly last: number;
  /** The term it leads; 0 while it does not. */
  readonly leads: number;
  /** A leader's followers. */
  readonly followers: readonly Fed[];
}

interface LogView {
  readonly leads: number;
  /** Terms of the entries held, by index from `first` on. */
  readonly first: number;
  readonly terms: readonly number[];
}

interface QuorumView {
  readonly committed: number;
  /** The last entry a majority is known to hold, where it is of the leader's term; 0 where it is not, and on others. */
  readonly held: number;
}

const EMPTY: NodeView = { term: 0, committed: 0, last: 0, leads: 0, followers: [] };

function nodeView({ state, node }: NodeSight<RaftState>): NodeView {
  if (state === null) return EMPTY;
  const { log, role, term, tracker } = state;
  const leads = role === 'leader';
  const followers = leads
    ? tracker.progress
        .filter(({ id }) => id !== node)
        .map(({ id, match, next }) => ({ node: id, match, next }))
    : [];
  const last = log.offset + log.entries.length;
  return { term, committed: log.committed, last, leads: leads ? term : 0, followers };
}

function logView({ state }: NodeSight<RaftState>): LogView {
  if (state === null) return { leads: 0, first: 1, terms: [] };
  const { log, role, term } = state;
  return {
    leads: role === 'leader' ? term : 0,
    first: log.offset + 1,
    terms: log.entries.map((entry) => entry.term),
  };
}

function quorumView({ state }: NodeSight<RaftState>): QuorumView {
  if (state === null || state.role !== 'leader') return { committed: 0, held: 0 };
  const { log, tracker, term } = state;
  const matches = tracker.progress.map(({ match }) => match).sort((a, b) => b - a);
  const majority = matches[matches.length >> 1] ?? 0;
  const entry = log.entries[majority - log.offset - 1];
  return { committed: log.committed, held: entry?.term === term ? majority : 0 };
}

/** A node's past by its place: nodes of these models are numbered from 1 on. */
function pastOf(past: RaftWatched, at: number): RaftWatched['nodes'][string] | undefined {
  return past.nodes[at + 1];
}

/** A term, once entered, is not left for a lower one (Raft, figure 2). */
export const TERM_RISES: CoreProperty<RaftMessage> = ofNodesAndHistory<RaftState, NodeView, RaftWatched>({
  name: 'term only rises',
  view: nodeView,
  holds: (views, past) => views.every(({ term }, at) => term === 0 || term >= (pastOf(past, at)?.term ?? 0)),
});

/** A commit index increases monotonically (Raft, figure 2). */
export const COMMIT_RISES: CoreProperty<RaftMessage> = ofNodesAndHistory<RaftState, NodeView, RaftWatched>({
  name: 'commit index only rises',
  view: nodeView,
  holds: (views, past) =>
    views.every(({ committed, term }, at) => term === 0 || committed >= (pastOf(past, at)?.commit ?? 0)),
});

/** A match index increases monotonically while its leader leads (Raft, figure 2): it is not below what was acknowledged. */
export const MATCH_RISES: CoreProperty<RaftMessage> = ofNodesAndHistory<RaftState, NodeView, RaftWatched>({
  name: 'match index only rises',
  view: nodeView,
  holds: (views, past) =>
    views.every(({ followers, last }, at) =>
      followers.every(({ node, match }) => {
        const acknowledged = pastOf(past, at)?.acknowledged[node] ?? 0;
        return match >= Math.min(acknowledged, last);
      }),
    ),
});

/** What a follower is known to hold is not what it is sent next: neither between steps, nor whenever something is sent. */
export const NEXT_ABOVE_MATCH: CoreProperty<RaftMessage> = ofNodesAndHistory<
  RaftState,
  NodeView,
  RaftWatched
>({
  name: 'next index above match index',
  view: nodeView,
  holds: (views, { repeated }) =>
    repeated.length === 0 &&
    views.every(({ followers }) => followers.every(({ match, next }) => next > match)),
});

/** No node lacks an entry it has committed. */
export const COMMITTED_STAYS: CoreProperty<RaftMessage> = ofNodes<RaftState, NodeView>({
  name: 'committed entries stay',
  view: nodeView,
  holds: (views) => views.every(({ committed, last }) => committed <= last),
});

/** What leaders, present or past, took for committed at an index is one entry, also where it has been compacted away since (Raft, figure 3). */
export const ONE_COMMITTED: CoreProperty<RaftMessage> = ofHistory<RaftWatched>(
  'one entry committed at an index',
  ({ commits }) => Object.values(commits).every((entries) => entries.length < 2),
);

/** A leader commits an entry of its term as soon as it knows that a majority holds it (Raft, 5.3): nothing else would make it do so later. */
export const QUORUM_COMMITS: CoreProperty<RaftMessage> = ofNodes<RaftState, QuorumView>({
  name: 'what a majority holds is committed',
  view: quorumView,
  holds: (views) => views.every(({ committed, held }) => held <= committed),
});

/** While a term has a leader, nobody holds an entry of the term behind the end of that leader's log: nobody else makes any. */
export const LEADER_AHEAD: CoreProperty<RaftMessage> = ofNodes<RaftState, LogView>({
  name: 'no entry its leader has not',
  view: logView,
  holds: (views) =>
    views.every(({ leads, first, terms }) => {
      if (leads === 0) return true;
      const end = first + terms.length;
      return views.every((other) =>
        other.terms.every((term, at) => term !== leads || other.first + at < end),
      );
    }),
});

/**
 * An append without entries says that there are none after the entry before it. One that says besides that more is committed leaves out what it should
 * have brought, and whoever needs that asks in vain.
 */
export const EMPTY_MEANS_END: CoreProperty<RaftMessage> = ofMessages<RaftMessage>(
  'an append without entries leaves none out',
  'always',
  (message) => message.type !== 'append' || message.entries.length > 0 || message.commit <= message.prevIndex,
);

/** Who leads helps nobody to replace it. */
export const LEADER_KEEPS_VOTE: CoreProperty<RaftMessage> = ofHistory<RaftWatched>(
  'a leader gives no vote',
  ({ granted }) => granted.length === 0,
);

/** All of them: what the paper's figure 2 says of single variables, and what follows from its rules for single messages. */
export const RAFT_ORDER: readonly CoreProperty<RaftMessage>[] = [
  TERM_RISES,
  COMMIT_RISES,
  MATCH_RISES,
  NEXT_ABOVE_MATCH,
  COMMITTED_STAYS,
  ONE_COMMITTED,
  QUORUM_COMMITS,
  LEADER_AHEAD,
  EMPTY_MEANS_END,
  LEADER_KEEPS_VOTE,
];

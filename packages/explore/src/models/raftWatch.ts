import type { NodeId, RaftCommand, RaftMessage, RaftResult } from '@holdfast/protocols';
import type { Observation, Recorder } from '../properties/recorder.ts';
import { type RaftPast, raftRecorder } from './raftRecorder.ts';

/** What is remembered of a node since it was started, of what must never go back. */
export interface RaftNodePast {
  /** The highest term it has been in. */
  readonly term: number;
  /** The highest commit index it has had. */
  readonly commit: number;
  /** The term it leads; 0 while it does not. */
  readonly leads: number;
  /** By follower, the highest index acknowledged to this leader in its term. */
  readonly acknowledged: Readonly<Record<string, number>>;
}

/** What is remembered of a run beside elections and commits. */
export interface RaftWatched extends RaftPast {
  readonly nodes: Readonly<Record<string, RaftNodePast>>;
  /** Nodes that gave a vote or pre-vote to another while they led, sorted. */
  readonly granted: readonly NodeId[];
  /** Leaders that sent a follower what it had acknowledged to them, sorted. */
  readonly repeated: readonly NodeId[];
}

type Seen =
  | { readonly kind: 'role'; readonly node: NodeId; readonly term: number; readonly leads: boolean }
  | { readonly kind: 'commit'; readonly node: NodeId; readonly index: number }
  | { readonly kind: 'crash'; readonly node: NodeId }
  | {
      readonly kind: 'acknowledged';
      readonly node: NodeId;
      readonly by: NodeId;
      readonly term: number;
      readonly index: number;
    }
  | { readonly kind: 'grant'; readonly node: NodeId }
  | { readonly kind: 'feed'; readonly node: NodeId; readonly to: NodeId; readonly next: number };

type RaftObservation = Observation<RaftMessage, RaftCommand, RaftResult>;

const NEW: RaftNodePast = { term: 0, commit: 0, leads: 0, acknowledged: {} };

/**
 * Remembers elections, commits, and of each node what must not go back. As long as nothing does, most of it follows from the nodes' states, so that it
 * makes few states distinct.
 */
export function raftWatcher(): Recorder<RaftMessage, RaftCommand, RaftResult> {
  const plain = raftRecorder();
  const initial: RaftWatched = { ...(plain.initial as RaftPast), nodes: {}, granted: [], repeated: [] };
  return {
    initial,
    observe: (observation) => {
      const known = plain.observe(observation) ?? null;
      const seen = observe(observation) ?? null;
      return known === null && seen === null ? undefined : { known, seen };
    },
    next: (past, both) => {
      const { known, seen } = both as { readonly known: unknown; readonly seen: Seen | null };
      const after = known === null ? past : plain.next(past, known);
      return seen === null ? after : nextWatched(after as RaftWatched, seen);
    },
  };
}

function observe(observation: RaftObservation): Seen | undefined {
  switch (observation.kind) {
    case 'note':
      return observeNote(observation.node, observation.note, observation.data);
    case 'crash':
      return { kind: 'crash', node: observation.node };
    case 'deliver': {
      const { from, to, message } = observation;
      if (message.type !== 'append-reply' || message.reject) return undefined;
      return { kind: 'acknowledged', node: to, by: from, term: message.term, index: message.index };
    }
    case 'send':
      return observeSend(observation.from, observation.to, observation.message);
    default:
      return undefined;
  }
}

function observeSend(node: NodeId, to: NodeId, message: RaftMessage): Seen | undefined {
  switch (message.type) {
    case 'vote-reply':
    case 'pre-vote-reply':
      return message.reject ? undefined : { kind: 'grant', node };
    case 'append':
      return { kind: 'feed', node, to, next: message.prevIndex + 1 };
    default:
      return undefined;
  }
}

function observeNote(node: NodeId, note: string, data: unknown): Seen | undefined {
  const { role, term, index } = data as {
    readonly role: string;
    readonly term: number;
    readonly index: number;
  };
  if (note === 'role') return { kind: 'role', node, term, leads: role === 'leader' };
  return note === 'commit' ? { kind: 'commit', node, index } : undefined;
}

function nextWatched(past: RaftWatched, seen: Seen): RaftWatched {
  const before = past.nodes[seen.node] ?? NEW;
  const put = (now: RaftNodePast): RaftWatched => ({ ...past, nodes: { ...past.nodes, [seen.node]: now } });
  switch (seen.kind) {
    case 'crash':
      return put(NEW);
    case 'role': {
      const leads = seen.leads ? seen.term : 0;
      const term = Math.max(before.term, seen.term);
      return put({ ...before, term, leads, acknowledged: {} });
    }
    case 'commit':
      return put({ ...before, commit: Math.max(before.commit, seen.index) });
    case 'acknowledged': {
      const highest = Math.max(before.acknowledged[seen.by] ?? 0, seen.index);
      if (before.leads !== seen.term || seen.index === 0) return past;
      return put({ ...before, acknowledged: { ...before.acknowledged, [seen.by]: highest } });
    }
    case 'grant':
      return before.leads === 0 ? past : { ...past, granted: including(past.granted, seen.node) };
    case 'feed': {
      const held = before.acknowledged[seen.to] ?? 0;
      return seen.next > held ? past : { ...past, repeated: including(past.repeated, seen.node) };
    }
  }
}

function including(nodes: readonly NodeId[], node: NodeId): readonly NodeId[] {
  return nodes.includes(node) ? nodes : [...nodes, node].sort((a, b) => a - b);
}

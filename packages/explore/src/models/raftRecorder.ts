import type { NodeId, RaftCommand, RaftMessage, RaftResult } from '@holdfast/protocols';
import type { Observation, Recorder } from '../properties/recorder.ts';

/** What is remembered of a run: who led, and what was committed. Terms and indexes are at least 1. */
export interface RaftPast {
  /** By term, every node that was elected in it. */
  readonly leaders: Readonly<Record<string, readonly NodeId[]>>;
  /** By index, what leaders said is committed there. */
  readonly commits: Readonly<Record<string, readonly RaftCommit[]>>;
}

/** The entry's term, and the term of the leader that committed it. */
export interface RaftCommit {
  readonly term: number;
  readonly by: number;
}

type Seen =
  | { readonly kind: 'leader'; readonly term: number; readonly node: NodeId }
  | { readonly kind: 'commit'; readonly index: number; readonly term: number; readonly node: NodeId };

/** Remembers elections and commits. */
export function raftRecorder(): Recorder<RaftMessage, RaftCommand, RaftResult> {
  const initial: RaftPast = { leaders: {}, commits: {} };
  return {
    initial,
    observe,
    next: (past, seen) => nextPast(past as RaftPast, seen as Seen),
  };
}

function observe(observation: Observation<RaftMessage, RaftCommand, RaftResult>): Seen | undefined {
  if (observation.kind !== 'note') return undefined;
  const { node, note } = observation;
  const data = observation.data as { role?: string; term: number; index: number };
  if (note === 'role' && data.role === 'leader') return { kind: 'leader', term: data.term, node };
  return note === 'commit' ? { kind: 'commit', index: data.index, term: data.term, node } : undefined;
}

function nextPast(past: RaftPast, seen: Seen): RaftPast {
  if (seen.kind === 'leader') {
    const before = past.leaders[seen.term] ?? [];
    if (before.includes(seen.node)) return past;
    const now = [...before, seen.node].sort((a, b) => a - b);
    return { ...past, leaders: { ...past.leaders, [seen.term]: now } };
  }
  const { term } = seen;
  const led = Object.entries(past.leaders).filter(([, elected]) => elected.includes(seen.node));
  const before = past.commits[seen.index] ?? [];
  // A leader is the first to say so; what others say later is nothing new.
  if (led.length === 0 || before.some((commit) => commit.term === term)) return past;
  const by = Math.max(...led.map(([ledTerm]) => Number(ledTerm)));
  const now = [...before, { term, by }].sort((a, b) => a.term - b.term || a.by - b.by);
  return { ...past, commits: { ...past.commits, [seen.index]: now } };
}

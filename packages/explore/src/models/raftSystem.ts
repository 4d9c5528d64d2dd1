import {
  type Machine,
  type NodeId,
  raft,
  type RaftCommand,
  type RaftMessage,
  type RaftOptions,
  type RaftResult,
  type RaftState,
} from '@holdfast/protocols';
import type { CoreModel, NetworkKind } from '../engine/cores/model.ts';
import { type CoreProperty, ofHistory, ofNodes, ofNodesAndHistory } from '../properties/property.ts';
import type { Observation, Recorder } from '../properties/recorder.ts';
import { raftSymmetry } from './raftSymmetry.ts';

/** A group of Raft nodes to explore, and what its clients ask. */
export interface RaftSystem {
  readonly name: string;
  readonly nodes: number;
  /** Clients that make one request each, to any node. Default 0. */
  readonly clients?: number;
  /** One client for each of these, which asks it of any node; in place of `clients`. */
  readonly commands?: readonly RaftCommand[];
  /** Voters at the start, the first so many nodes; the others may join. Default all. Fewer switch symmetry off. */
  readonly voters?: number;
  readonly network?: NetworkKind;
  /** Beside `voters`. Pre-vote, quorum checks and snapshots are off unless said. */
  readonly options?: Partial<RaftOptions>;
}

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

/** A log as a list of terms from index 1 on, and how far it is committed. */
interface LogView {
  readonly terms: readonly number[];
  readonly committed: number;
  /** The term the node leads; 0 while it does not. */
  readonly leads: number;
}

/** A state machine that does nothing: what it would do is no part of consensus. */
const NOTHING: Machine = { name: 'nothing', init: () => null, apply: () => null };

/**
 * The Raft core itself, explored: `raft(...)` of `@holdfast/protocols` with the safety promises of the paper's figure 3. Nodes are alike,
 * and states that differ by a renaming of them are one unless symmetry is switched off.
 */
export function raftSystem(system: RaftSystem): CoreModel<RaftMessage, RaftCommand, RaftResult> {
  const { name, nodes, clients = 0, network = 'unordered', options = {} } = system;
  const ids = Array.from({ length: nodes }, (_, i) => i + 1);
  const voters = ids.slice(0, system.voters ?? nodes);
  const core = raft({ preVote: false, checkQuorum: false, snapshotEvery: 0, ...options, voters }, NOTHING);
  const write: RaftCommand = { client: 0, sequence: 0, operation: { f: 'write' } };
  const commands = system.commands ?? Array.from({ length: clients }, () => write);
  // Commands that change or name members tell nodes apart.
  const alike = voters.length === nodes && commands.every((command) => 'operation' in command);
  return {
    name,
    nodes: ids.map((id) => ({ id, core })),
    network,
    clients: commands.map((command) => ({ requests: [{ command }] })),
    history: raftRecorder(),
    properties: raftProperties(),
    ...(alike ? { symmetry: raftSymmetry(voters) } : {}),
  };
}

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

/** Figure 3 of the Raft paper, as far as states show it. */
export function raftProperties(): readonly CoreProperty<RaftMessage>[] {
  return [
    ofHistory<RaftPast>('election safety', ({ leaders }) =>
      Object.values(leaders).every((elected) => elected.length < 2),
    ),
    ofNodes<RaftState, LogView>({ name: 'log matching', view: logView, holds: logsMatch }),
    ofNodes<RaftState, LogView>({ name: 'state machine safety', view: logView, holds: commitsAgree }),
    ofNodesAndHistory<RaftState, LogView, RaftPast>({
      name: 'leader completeness',
      view: logView,
      holds: leadersHoldCommits,
    }),
  ];
}

function logView({ state }: { readonly state: RaftState | null }): LogView {
  if (state === null) return { terms: [], committed: 0, leads: 0 };
  const { log, role, term } = state;
  const compacted = Array.from({ length: log.offset }, () => 0);
  return {
    terms: [...compacted, ...log.entries.map((entry) => entry.term)],
    committed: log.committed,
    leads: role === 'leader' ? term : 0,
  };
}

/** Two logs that have the same term at an index are the same up to it; 0 stands for what was compacted away. */
function logsMatch(logs: readonly LogView[]): boolean {
  return everyPair(logs, (a, b) => {
    for (let i = Math.min(a.terms.length, b.terms.length) - 1; i >= 0; i--)
      if (a.terms[i] === b.terms[i]) return agree(a, b, i);
    return true;
  });
}

function commitsAgree(logs: readonly LogView[]): boolean {
  return everyPair(logs, (a, b) => agree(a, b, Math.min(a.committed, b.committed)));
}

/** What was committed in a term is in the log of every leader of a later one (paper, 5.4.3). */
function leadersHoldCommits(logs: readonly LogView[], { commits }: RaftPast): boolean {
  return logs.every(({ leads, terms }) =>
    Object.entries(commits).every(([index, committed]) =>
      committed.every(({ term, by }) => by >= leads || [0, term].includes(terms[Number(index) - 1] ?? -1)),
    ),
  );
}

/** Whether two logs have the same terms up to position `end`, where both know them. */
function agree(a: LogView, b: LogView, end: number): boolean {
  for (let i = 0; i < end; i++) {
    const left = a.terms[i] ?? 0;
    const right = b.terms[i] ?? 0;
    if (left !== right && left !== 0 && right !== 0) return false;
  }
  return true;
}

function everyPair(logs: readonly LogView[], test: (a: LogView, b: LogView) => boolean): boolean {
  return logs.every((a, i) => logs.slice(i + 1).every((b) => test(a, b)));
}

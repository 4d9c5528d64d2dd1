import {
  type Machine,
  raft,
  type RaftCommand,
  type RaftMessage,
  type RaftOptions,
  type RaftResult,
  type RaftState,
} from '@holdfast/protocols';
import type { CoreModel, NetworkKind } from '../engine/cores/model.ts';
import { type CoreProperty, ofHistory, ofNodes, ofNodesAndHistory } from '../properties/property.ts';
import { type RaftPast, raftRecorder } from './raftRecorder.ts';
import { raftSymmetry } from './raftSymmetry.ts';
import { raftWatcher } from './raftWatch.ts';

export { type RaftCommit, type RaftPast, raftRecorder } from './raftRecorder.ts';

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
  /** Promised beside figure 3 of the paper: of `RAFT_ORDER`, for which more is remembered. Default none. */
  readonly promises?: readonly CoreProperty<RaftMessage>[];
  /** Beside `voters`. Pre-vote, quorum checks and snapshots are off unless said. */
  readonly options?: Partial<RaftOptions>;
}

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
  const { name, nodes, clients = 0, network = 'unordered', promises = [], options = {} } = system;
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
    history: promises.length === 0 ? raftRecorder() : raftWatcher(),
    properties: [...promises, ...raftProperties()],
    ...(alike ? { symmetry: raftSymmetry(voters) } : {}),
  };
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

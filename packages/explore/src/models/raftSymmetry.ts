import type { NodeId, RaftMessage, RaftState } from '@holdfast/protocols';
import type { NodeSymmetry, Renaming } from '../symmetry/nodeSymmetry.ts';
import type { RaftPast } from './raftRecorder.ts';
import type { RaftWatched } from './raftWatch.ts';

/** How Raft's state, records and messages name nodes, where the configuration is always all of them. Messages name none. */
export function raftSymmetry(nodes: readonly NodeId[]): NodeSymmetry<RaftMessage> {
  return {
    nodes,
    state: (state, rename) => renameState(state as RaftState, rename),
    message: (message) => message,
    records: renameRecords,
    history: (history, rename) => renamePast(history as RaftPast, rename),
    result: (result, rename) => renameLeader(result as { leader?: NodeId }, rename),
  };
}

function renameState(state: RaftState, rename: Renaming): RaftState {
  const { tracker, reads, earlyReads } = state;
  const progress = tracker.progress.map((p) => ({ ...p, id: rename(p.id) })).sort((a, b) => a.id - b.id);
  return {
    ...state,
    self: rename(state.self),
    vote: rename(state.vote),
    leader: rename(state.leader),
    transferTo: rename(state.transferTo),
    handedVote: rename(state.handedVote),
    tracker: { ...tracker, progress, votes: renameKeys(tracker.votes, rename) },
    reads: reads.map((read) => ({ ...read, from: rename(read.from) })),
    earlyReads: earlyReads.map((read) => ({ ...read, from: rename(read.from) })),
  };
}

/** The hard state names whom the node voted for. */
function renameRecords(
  records: Readonly<Record<string, unknown>>,
  rename: Renaming,
): Readonly<Record<string, unknown>> {
  const hard = records['hard'] as { readonly vote: NodeId } | undefined;
  return hard === undefined ? records : { ...records, hard: { ...hard, vote: rename(hard.vote) } };
}

function renamePast(past: RaftPast, rename: Renaming): RaftPast {
  const leaders = Object.fromEntries(
    Object.entries(past.leaders).map(([term, elected]) => [term, elected.map(rename).sort((a, b) => a - b)]),
  );
  return 'nodes' in past ? { ...renameWatched(past as RaftWatched, rename), leaders } : { ...past, leaders };
}

function renameWatched(past: RaftWatched, rename: Renaming): RaftWatched {
  const nodes = Object.fromEntries(
    Object.entries(past.nodes).map(([node, of]) => [
      rename(Number(node)),
      { ...of, acknowledged: renameKeys(of.acknowledged, rename) },
    ]),
  );
  const renamed = (list: readonly NodeId[]): readonly NodeId[] => list.map(rename).sort((a, b) => a - b);
  return { ...past, nodes, granted: renamed(past.granted), repeated: renamed(past.repeated) };
}

function renameLeader(result: { leader?: NodeId }, rename: Renaming): unknown {
  return result.leader === undefined ? result : { ...result, leader: rename(result.leader) };
}

function renameKeys<T>(values: Readonly<Record<string, T>>, rename: Renaming): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([node, value]) => [rename(Number(node)), value]));
}

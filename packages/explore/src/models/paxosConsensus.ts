import type { Spec, SpecAction } from '../engine/spec/spec.ts';

/** An acceptor and all it has said; -1 and '' stand for nothing yet. Messages stay. */
export interface ConsensusAcceptor {
  readonly ballot: number;
  readonly votedAt: number;
  readonly voted: string;
  /** By ballot, the vote it told when it promised it. */
  readonly promises: Readonly<Record<string, readonly [votedAt: number, voted: string]>>;
  readonly votes: readonly (readonly [ballot: number, value: string])[];
}

/** Acceptors, and per ballot what its leader has said. */
export interface PaxosConsensusState {
  acceptor: ConsensusAcceptor[];
  asked: boolean[];
  proposed: string[];
}

type State = PaxosConsensusState;

/**
 * Paxos for one value, without names for leaders: anybody may lead any ballot (Lamport, "Paxos Made Simple", 2001; module Paxos).
 * Acceptors are alike; values are not taken for alike, as in the counts of others.
 */
export function paxosConsensus(acceptors: number, values: number, ballots: number): Spec<State> {
  const ids = Array.from({ length: acceptors }, (_, i) => i);
  const all = Array.from({ length: values }, (_, i) => `v${i + 1}`);
  const every = Array.from({ length: ballots }, (_, i) => i);
  const quorums = subsets(ids).filter((quorum) => quorum.length === (acceptors >> 1) + 1);
  const nothing: ConsensusAcceptor = { ballot: -1, votedAt: -1, voted: '', promises: {}, votes: [] };
  return {
    name: `Paxos, ${acceptors} acceptors, ${values} values, ${ballots} ballot${ballots === 1 ? '' : 's'}`,
    init: [
      { acceptor: ids.map(() => nothing), asked: every.map(() => false), proposed: every.map(() => '') },
    ],
    actions: [
      ...every.flatMap((ballot) => [asks(ballot), ...all.map((value) => proposes(ballot, value, quorums))]),
      ...ids.flatMap((a) => [promises(a), votes(a)]),
    ],
    always: {
      agreement: ({ acceptor }) => new Set(chosen(acceptor, every, all, quorums)).size < 2,
    },
    reachable: { 'a value is chosen': ({ acceptor }) => chosen(acceptor, every, all, quorums).length > 0 },
    symmetry: { peers: ['acceptor'] },
  };
}

function subsets(items: readonly number[]): number[][] {
  return items.reduce<number[][]>((sets, item) => [...sets, ...sets.map((set) => [...set, item])], [[]]);
}

function chosen(
  acceptor: readonly ConsensusAcceptor[],
  ballots: readonly number[],
  values: readonly string[],
  quorums: readonly (readonly number[])[],
): string[] {
  const votedFor = (a: number, ballot: number, value: string): boolean =>
    acceptor[a]?.votes.some(([b, v]) => b === ballot && v === value) ?? false;
  return values.filter((value) =>
    ballots.some((ballot) => quorums.some((quorum) => quorum.every((a) => votedFor(a, ballot, value)))),
  );
}

function asks(ballot: number): SpecAction<State> {
  return {
    name: `ballot ${ballot} is begun`,
    run(s): boolean {
      if (s.asked[ballot] === true) return false;
      s.asked[ballot] = true;
      return true;
    },
  };
}

function promises(a: number): SpecAction<State> {
  return {
    name: `acceptor ${a + 1} promises`,
    run(s, pick): void {
      const own = s.acceptor[a] as ConsensusAcceptor;
      const ballot = pick(s.asked.flatMap((asked, b) => (asked && b > own.ballot ? [b] : [])));
      s.acceptor[a] = {
        ...own,
        ballot,
        promises: { ...own.promises, [ballot]: [own.votedAt, own.voted] },
      };
    },
  };
}

/** Once for each quorum that allows it. */
function proposes(ballot: number, value: string, quorums: readonly (readonly number[])[]): SpecAction<State> {
  return {
    name: `ballot ${ballot} proposes ${value}`,
    run(s, pick): boolean {
      if (s.proposed[ballot] !== '') return false;
      pick(
        quorums.filter((quorum) => {
          const told = quorum.flatMap((a) => {
            const vote = s.acceptor[a]?.promises[ballot];
            return vote === undefined ? [] : [vote];
          });
          const last = Math.max(...told.map(([votedAt]) => votedAt));
          const free = last < 0 || told.some(([at, voted]) => at === last && voted === value);
          return told.length === quorum.length && free;
        }),
      );
      s.proposed[ballot] = value;
      return true;
    },
  };
}

function votes(a: number): SpecAction<State> {
  return {
    name: `acceptor ${a + 1} votes`,
    run(s, pick): void {
      const own = s.acceptor[a] as ConsensusAcceptor;
      const ballot = pick(s.proposed.flatMap((value, b) => (value !== '' && b >= own.ballot ? [b] : [])));
      const value = s.proposed[ballot] as string;
      const known = own.votes.some(([b]) => b === ballot);
      const now = known ? own.votes : [...own.votes, [ballot, value] as const];
      s.acceptor[a] = { ...own, ballot, votedAt: ballot, voted: value, votes: now };
    },
  };
}

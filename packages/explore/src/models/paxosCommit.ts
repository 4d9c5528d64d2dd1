import type { Spec, SpecAction } from '../engine/spec/spec.ts';
import type { ManagerState } from './twoPhaseCommit.ts';

/** What an instance of consensus may decide for a resource manager. */
export type ManagerVote = 'prepared' | 'aborted';

/** An acceptor of one instance. */
export interface PaxosCommitAcceptor {
  readonly promised: number;
  /** -1 before it accepted. */
  readonly ballot: number;
  readonly vote: ManagerVote | 'none';
}

/** Messages once sent stay; what a message says beyond its sender, instance and ballot is kept under these. */
export interface PaxosCommitState {
  manager: ManagerState[];
  /** By `instance.acceptor`. */
  acceptor: Record<string, PaxosCommitAcceptor>;
  /** Phase 1a by `instance.ballot`. */
  asked: Record<string, boolean>;
  /** Phase 1b by `instance.ballot.acceptor`: what the acceptor had accepted. */
  promise: Record<string, { readonly ballot: number; readonly vote: ManagerVote | 'none' } | null>;
  /** Phase 2a by `instance.ballot`. */
  proposal: Record<string, ManagerVote | null>;
  /** Phase 2b by `instance.ballot.acceptor`. */
  acceptance: Record<string, ManagerVote | null>;
  decision: { commit: boolean; abort: boolean };
}

interface Sizes {
  readonly managers: readonly number[];
  readonly ballots: readonly number[];
  readonly acceptors: readonly number[];
  readonly majorities: readonly (readonly number[])[];
}

type Action = SpecAction<PaxosCommitState>;

/**
 * Paxos Commit (Gray and Lamport 2006, section 4; module PaxosCommit): one instance of consensus per resource manager, all on the same
 * three acceptors, with ballots 0 to `ballots` - 1.
 */
export function paxosCommit(managers: number, ballots: number): Spec<PaxosCommitState> {
  const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
  const sizes: Sizes = {
    managers: range(managers),
    ballots: range(ballots),
    acceptors: [0, 1, 2],
    majorities: [
      [0, 1],
      [0, 2],
      [1, 2],
    ],
  };
  const later = sizes.ballots.slice(1);
  return {
    name: `Paxos commit, ${managers} resource managers, ${ballots} ballots`,
    init: [initialState(sizes)],
    actions: [
      ...sizes.managers.flatMap(managerActions),
      ...later.flatMap((ballot) => sizes.managers.flatMap((i) => leaderActions(sizes, i, ballot))),
      decideCommit(sizes),
      decideAbort(sizes),
      ...sizes.acceptors.flatMap((a) => acceptorActions(sizes, a)),
    ],
    always: {
      consistency: ({ manager }) => !(manager.includes('committed') && manager.includes('aborted')),
    },
    reachable: { 'all committed': ({ manager }) => manager.every((state) => state === 'committed') },
  };
}

function initialState({ managers, ballots, acceptors }: Sizes): PaxosCommitState {
  const each = <T>(keys: readonly string[], value: T): Record<string, T> =>
    Object.fromEntries(keys.map((key) => [key, value]));
  const instances = managers.flatMap((i) => ballots.map((b) => `${i}.${b}`));
  const votes = instances.flatMap((key) => acceptors.map((a) => `${key}.${a}`));
  const own = managers.flatMap((i) => acceptors.map((a) => `${i}.${a}`));
  return {
    manager: managers.map(() => 'working'),
    acceptor: each<PaxosCommitAcceptor>(own, { promised: 0, ballot: -1, vote: 'none' }),
    asked: each(instances, false),
    promise: each<PaxosCommitState['promise'][string]>(votes, null),
    proposal: each<ManagerVote | null>(instances, null),
    acceptance: each<ManagerVote | null>(votes, null),
    decision: { commit: false, abort: false },
  };
}

function managerActions(i: number): Action[] {
  const leaveWorking = (s: PaxosCommitState, vote: ManagerVote): boolean => {
    if (s.manager[i] !== 'working') return false;
    s.manager[i] = vote;
    s.proposal[`${i}.0`] = vote;
    return true;
  };
  const learn = (s: PaxosCommitState, told: boolean, state: ManagerState): boolean => {
    if (told) s.manager[i] = state;
    return told;
  };
  return [
    { name: `manager ${i + 1} prepares`, run: (s) => leaveWorking(s, 'prepared') },
    { name: `manager ${i + 1} chooses to abort`, run: (s) => leaveWorking(s, 'aborted') },
    { name: `manager ${i + 1} receives Commit`, run: (s) => learn(s, s.decision.commit, 'committed') },
    { name: `manager ${i + 1} receives Abort`, run: (s) => learn(s, s.decision.abort, 'aborted') },
  ];
}

function leaderActions({ majorities }: Sizes, i: number, ballot: number): Action[] {
  const key = `${i}.${ballot}`;
  return [
    {
      name: `leader begins ballot ${ballot} for manager ${i + 1}`,
      run(s): void {
        s.asked[key] = true;
      },
    },
    {
      name: `leader proposes in ballot ${ballot} for manager ${i + 1}`,
      run(s, pick): boolean {
        if (s.proposal[key] !== null) return false;
        const majority = pick(majorities.filter((m) => m.every((a) => s.promise[`${key}.${a}`] !== null)));
        const promises = majority.map(
          (a) => s.promise[`${key}.${a}`] ?? { ballot: -1, vote: 'none' as const },
        );
        const latest = promises.reduce((a, b) => (b.ballot > a.ballot ? b : a));
        s.proposal[key] = latest.vote === 'none' ? 'aborted' : latest.vote;
        return true;
      },
    },
  ];
}

/** The ballots and majorities by which an instance has chosen a vote. A step is taken once for each, as TLC counts them. */
function choices(
  s: PaxosCommitState,
  { ballots, majorities }: Sizes,
  i: number,
  vote: ManagerVote,
): readonly (readonly number[])[] {
  return ballots.flatMap((b) =>
    majorities.filter((m) => m.every((a) => s.acceptance[`${i}.${b}.${a}`] === vote)),
  );
}

function decideCommit(sizes: Sizes): Action {
  return {
    name: 'leader decides to commit',
    run(s, pick): void {
      for (const i of sizes.managers) pick(choices(s, sizes, i, 'prepared'));
      s.decision.commit = true;
    },
  };
}

function decideAbort(sizes: Sizes): Action {
  return {
    name: 'leader decides to abort',
    run(s, pick): void {
      pick(sizes.managers.flatMap((i) => choices(s, sizes, i, 'aborted')));
      s.decision.abort = true;
    },
  };
}

function acceptorActions({ managers, ballots }: Sizes, a: number): Action[] {
  return managers.flatMap((i) =>
    ballots.flatMap((ballot): Action[] => [
      {
        name: `acceptor ${a + 1} promises ballot ${ballot} for manager ${i + 1}`,
        run(s): boolean {
          const own = s.acceptor[`${i}.${a}`];
          if (own === undefined || s.asked[`${i}.${ballot}`] !== true || own.promised >= ballot) return false;
          s.acceptor[`${i}.${a}`] = { ...own, promised: ballot };
          s.promise[`${i}.${ballot}.${a}`] = { ballot: own.ballot, vote: own.vote };
          return true;
        },
      },
      {
        name: `acceptor ${a + 1} accepts in ballot ${ballot} for manager ${i + 1}`,
        run(s): boolean {
          const own = s.acceptor[`${i}.${a}`];
          const vote = s.proposal[`${i}.${ballot}`] ?? null;
          if (own === undefined || vote === null || own.promised > ballot) return false;
          s.acceptor[`${i}.${a}`] = { promised: ballot, ballot, vote };
          s.acceptance[`${i}.${ballot}.${a}`] = vote;
          return true;
        },
      },
    ]),
  );
}

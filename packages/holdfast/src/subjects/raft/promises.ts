import {
  CONSENSUS_PROMISES,
  type ConsensusPromise,
  RAFT_PROMISES,
  type RaftPromise,
} from '@holdfast/protocols';

/** A promise that the monitors of a Raft group watch. */
export type WatchedPromise = RaftPromise | ConsensusPromise;

/** All of them, in the order of reports. */
export const WATCHED_PROMISES: readonly WatchedPromise[] = [...RAFT_PROMISES, ...CONSENSUS_PROMISES];

/** What was examined when nothing was found, in a sentence; it says so where there was nothing to examine. */
export function heldReason(promise: WatchedPromise, examined: number): string {
  return examined === 0 ? NOTHING[promise] : HELD[promise](examined);
}

/** `once`, `3 times`. */
export function times(n: number): string {
  return n === 1 ? 'once' : `${n} times`;
}

const HELD: Readonly<Record<WatchedPromise, (n: number) => string>> = {
  'election safety': (n) => `an election was won ${times(n)}, never by two nodes in one term`,
  'leader append-only': (n) =>
    `a leader added to its log ${times(n)}, and never took away or replaced an entry of its own`,
  'log matching': (n) =>
    `an entry was appended somewhere ${times(n)} and compared with every other of its index and term`,
  'leader completeness': (n) =>
    `a committed entry was looked for in the log of a newly elected leader ${times(n)}, and found`,
  'state machine safety': (n) =>
    `a node committed an entry ${times(n)}, never two different ones at an index`,
  'no acknowledged write lost': (n) =>
    `an acknowledged write was looked for at a later leader ${times(n)}, and found`,
  validity: (n) => `a command was applied ${times(n)}, always as a client had asked for it`,
  integrity: (n) => `a node applied an entry ${times(n)}, each once and none left out`,
  'quorum intersection': (n) => `a leader committed by a quorum ${times(n)}, and no two of them were apart`,
};

const NOTHING: Readonly<Record<WatchedPromise, string>> = {
  'election safety': 'nobody was elected, so nothing was examined',
  'leader append-only': 'no leader added to its log, so nothing was examined',
  'log matching': 'no entry was appended anywhere, so nothing was examined',
  'leader completeness': 'nobody was elected after an entry was committed, so nothing was examined',
  'state machine safety': 'no entry was committed, so nothing was examined',
  'no acknowledged write lost':
    'no leader was elected after a write was acknowledged, so nothing was examined',
  validity: 'no command was applied, so nothing was examined',
  integrity: 'no entry was applied, so nothing was examined',
  'quorum intersection': 'no leader committed anything, so nothing was examined',
};

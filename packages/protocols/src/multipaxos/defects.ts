/**
 * Ways to break Multi-Paxos on purpose, each a minimal deviation in one marked place. `undefined` is the correct protocol.
 *
 * - `executes-past-gap`: a node carries out chosen commands though an earlier slot is not chosen (catalogue 91).
 * - `leaves-gaps`: a new leader fills no slot it heard nothing of, so that nothing behind it is ever carried out (catalogue 91).
 * - `non-intersecting-quorums`: lets quorums of both phases through that do not meet (catalogue 91).
 * - `forgets-on-restart`: a node boots empty and keeps its id (catalogue 87).
 */
export type MultiPaxosDefect =
  | 'executes-past-gap'
  | 'leaves-gaps'
  | 'non-intersecting-quorums'
  | 'forgets-on-restart';

/** All of them, for tables and sweeps. */
export const MULTI_PAXOS_DEFECTS: readonly MultiPaxosDefect[] = [
  'executes-past-gap',
  'leaves-gaps',
  'non-intersecting-quorums',
  'forgets-on-restart',
];

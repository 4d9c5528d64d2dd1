/**
 * Ways to break single-decree Paxos on purpose, each a minimal deviation in one marked place. `undefined` is the correct protocol.
 *
 * - `keeps-own-value`: a proposer proposes its own value whatever its promises report.
 * - `forgets-on-restart`: a node boots empty and keeps its id (catalogue 87).
 * - `ballot-not-unique`: all proposers use the same ballots (catalogue 89).
 * - `accepts-lower-ballot`: an acceptor accepts below the ballot it promised (catalogue 89).
 */
export type PaxosDefect =
  | 'keeps-own-value'
  | 'forgets-on-restart'
  | 'ballot-not-unique'
  | 'accepts-lower-ballot';

/** All of them, for tables and sweeps. */
export const PAXOS_DEFECTS: readonly PaxosDefect[] = [
  'keeps-own-value',
  'forgets-on-restart',
  'ballot-not-unique',
  'accepts-lower-ballot',
];

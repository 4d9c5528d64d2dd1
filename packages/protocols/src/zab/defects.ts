/**
 * Ways to break Zab on purpose, each a minimal deviation in one marked place. `undefined` is the correct protocol.
 *
 * - `forgets-accepted-epoch`: the epoch a follower promised is kept in memory only, so that after a restart it promises the same one to
 *   another leader (catalogue 84).
 * - `keeps-own-suffix`: a follower that synchronises adds what it lacks and keeps what the leader does not have (catalogue 85).
 * - `leads-with-own-history`: a new leader takes its own history, not the latest of its quorum (catalogue 24).
 * - `broadcasts-before-sync`: a leader commits before a quorum has its history (catalogue 83).
 * - `acknowledges-before-fsync`: a follower acknowledges what a crash may still undo (catalogue 30).
 * - `delivers-over-gap`: a follower takes a proposal though it lacks an earlier one of the epoch (catalogue 91).
 * - `commits-at-half`: the leader counts half of the nodes as enough (catalogue 9).
 * - `votes-in-a-circle`: of two votes with equal transactions the one for the higher id is better, whatever the epochs, so that each of two
 *   votes can be better than the other (catalogue 81, ZOOKEEPER-1419). Shows in what a node votes, which exploration looks at.
 */
export type ZabDefect =
  | 'forgets-accepted-epoch'
  | 'keeps-own-suffix'
  | 'leads-with-own-history'
  | 'broadcasts-before-sync'
  | 'acknowledges-before-fsync'
  | 'delivers-over-gap'
  | 'commits-at-half'
  | 'votes-in-a-circle';

/** All of them, for tables and sweeps. */
export const ZAB_DEFECTS: readonly ZabDefect[] = [
  'forgets-accepted-epoch',
  'keeps-own-suffix',
  'leads-with-own-history',
  'broadcasts-before-sync',
  'acknowledges-before-fsync',
  'delivers-over-gap',
  'commits-at-half',
  'votes-in-a-circle',
];

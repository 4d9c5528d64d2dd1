/**
 * Ways to break leader-follower replication on purpose, each a minimal deviation in one marked place. `undefined` is the correct protocol.
 *
 * - `acks-before-fsync`: a follower acknowledges what is in its memory only, and has lost it after a power failure (catalogue 28).
 * - `truncates-to-acknowledged`: a restarting node cuts its log to the acknowledged index it last heard of, which lags (catalogue 86).
 * - `no-previous-check`: a follower appends without comparing the entry before (catalogue 18).
 * - `counts-older-epochs`: a leader acknowledges entries of an earlier epoch by counting copies (catalogue 1).
 * - `picks-by-length`: at failover the longest log wins, whatever its last epoch (catalogue 94).
 * - `picks-any`: at failover the first node to answer wins (catalogue 24).
 * - `epoch-in-memory`: a node promises an epoch without a durable record and follows the old leader after a restart (catalogue 25).
 * - `stale-leader-accepted`: a follower takes entries of a deposed leader (catalogue 41).
 * - `applies-before-acknowledged`: the leader shows a write to readers before it is acknowledged (MySQL's semi-synchronous after-commit).
 * - `torn-snapshot`: a snapshot's index and its state are two records, and a crash comes between (catalogue 29).
 * - `no-dedup`: a command sent again is carried out again (catalogue 58).
 */
export type ReplicationDefect =
  | 'acks-before-fsync'
  | 'truncates-to-acknowledged'
  | 'no-previous-check'
  | 'counts-older-epochs'
  | 'picks-by-length'
  | 'picks-any'
  | 'epoch-in-memory'
  | 'stale-leader-accepted'
  | 'applies-before-acknowledged'
  | 'torn-snapshot'
  | 'no-dedup';

/** All of them, for tables and sweeps. */
export const REPLICATION_DEFECTS: readonly ReplicationDefect[] = [
  'acks-before-fsync',
  'truncates-to-acknowledged',
  'no-previous-check',
  'counts-older-epochs',
  'picks-by-length',
  'picks-any',
  'epoch-in-memory',
  'stale-leader-accepted',
  'applies-before-acknowledged',
  'torn-snapshot',
  'no-dedup',
];

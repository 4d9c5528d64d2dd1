/**
 * Ways to break the protocol on purpose, each a minimal deviation in one marked place: the broken twins that show that a check can
 * fail. `undefined` is the correct protocol.
 *
 * - `vote-not-persisted`: a granted vote leaves before it is durable; a crash forgets it and the node votes twice.
 * - `no-up-to-date-check`: votes are granted to candidates with shorter or older logs.
 * - `commit-older-term-by-counting`: a leader commits entries of earlier terms by counting copies (the paper's figure 8).
 * - `no-previous-entry-check`: a follower appends without comparing the term of the entry before.
 * - `deletes-own-entries`: a leader whose append is refused cuts its own log back to what the follower has, rather than the follower's.
 * - `ack-on-append`: a leader answers success when an entry is in its own log.
 * - `local-read`: `index` and `lease` reads are answered from the node's own state at once.
 * - `lease-beyond-drift`: the read lease lasts four election timeouts, beyond any stated drift.
 * - `no-dedup`: a repeated client sequence is applied again.
 * - `snapshot-without-term`: a snapshot does not say the term of its last entry; who installs it takes the current term for it.
 * - `direct-membership-switch`: several voters change at once, without a joint configuration.
 * - `reply-before-fsync`: followers acknowledge entries, and a leader counts itself, before they are durable.
 * - `forgets-on-restart`: a node boots empty and keeps its id.
 */
export type RaftDefect =
  | 'vote-not-persisted'
  | 'no-up-to-date-check'
  | 'commit-older-term-by-counting'
  | 'no-previous-entry-check'
  | 'deletes-own-entries'
  | 'ack-on-append'
  | 'local-read'
  | 'lease-beyond-drift'
  | 'no-dedup'
  | 'snapshot-without-term'
  | 'direct-membership-switch'
  | 'reply-before-fsync'
  | 'forgets-on-restart';

/** All of them, for tables and sweeps. */
export const RAFT_DEFECTS: readonly RaftDefect[] = [
  'vote-not-persisted',
  'no-up-to-date-check',
  'commit-older-term-by-counting',
  'no-previous-entry-check',
  'deletes-own-entries',
  'ack-on-append',
  'local-read',
  'lease-beyond-drift',
  'no-dedup',
  'snapshot-without-term',
  'direct-membership-switch',
  'reply-before-fsync',
  'forgets-on-restart',
];

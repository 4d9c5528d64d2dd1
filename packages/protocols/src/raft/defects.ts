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

/** All of them, for tables and sweeps. They are found by simulation. */
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

/**
 * Bugs that others found in implementations of Raft by checking specifications of them (Tang et al., "SandTable", EuroSys 2024, table
 * 2), each in the fewest marked places in which this core can have it: `ack-keeps-next-index` takes away probing too, which would repair it,
 * `empty-append-for-snapshot` and `acknowledges-log-end` need a leader and a follower that each do their part, as theirs do. Exploration finds
 * them; they break what one node keeps to itself, or need a rare order of few messages, so that they are no part of sweeps.
 *
 * - `commit-index-goes-back`: a follower takes over its leader's commit index, be it lower than its own (PySyncObj, issue 166).
 * - `ack-keeps-next-index`: what is sent next moves on when something is sent, and an acknowledgement does not move it (PySyncObj,
 *   issue 167).
 * - `match-index-goes-back`: a leader believes an acknowledgement that a later one has overtaken (PySyncObj, issue 167).
 * - `appends-after-compacted`: an append from the beginning of the log is taken without a check, and entries compacted away are
 *   appended again (WRaft, pull request 118).
 * - `empty-append-for-snapshot`: where the one entry needed is the last compacted away, a leader sends an append without entries in place of a
 *   snapshot, and followers commit whatever they hold up to the commit index they hear of (WRaft, pull request 118).
 * - `snapshot-sets-term`: who installs a snapshot goes to the term of its last entry and forgets its vote (WRaft, pull request 118).
 * - `retries-empty`: the append without entries alone, sent again on every refusal (WRaft, pull request 118).
 * - `believes-stale-refusal`: a refusal that an acknowledgement has overtaken still sets what is sent next (WRaft, pull request 118).
 * - `leader-grants-votes`: a leader gives its pre-vote to who wants to replace it (DaosRaft, pull request 70).
 * - `acknowledges-log-end`: a follower acknowledges up to the end of its log, and the leader believes whatever comes last (RaftOS,
 *   issue 25).
 * - `erases-on-late-append`: what follows the entry before is erased, whether or not it agrees with the append (RaftOS, issue 26).
 * - `commit-check-stops-early`: a leader looks for what to commit from its commit index on and stops at the first entry of an earlier term
 *   (RaftOS, pull request 30).
 * - `counts-stale-votes`: a candidate counts votes it was given in an earlier term (Xraft, issue 33).
 */
export type RaftFieldDefect =
  | 'commit-index-goes-back'
  | 'ack-keeps-next-index'
  | 'match-index-goes-back'
  | 'appends-after-compacted'
  | 'empty-append-for-snapshot'
  | 'snapshot-sets-term'
  | 'retries-empty'
  | 'believes-stale-refusal'
  | 'leader-grants-votes'
  | 'acknowledges-log-end'
  | 'erases-on-late-append'
  | 'commit-check-stops-early'
  | 'counts-stale-votes';

/** All of them. */
export const RAFT_FIELD_DEFECTS: readonly RaftFieldDefect[] = [
  'commit-index-goes-back',
  'ack-keeps-next-index',
  'match-index-goes-back',
  'appends-after-compacted',
  'empty-append-for-snapshot',
  'snapshot-sets-term',
  'retries-empty',
  'believes-stale-refusal',
  'leader-grants-votes',
  'acknowledges-log-end',
  'erases-on-late-append',
  'commit-check-stops-early',
  'counts-stale-votes',
];

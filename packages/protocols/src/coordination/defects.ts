/**
 * Ways to break the coordination service on purpose, each a minimal deviation in one marked place. `undefined` is the correct service.
 *
 * - `misses-after-reconnect`: a watch that comes back is served from now on, not from where it was (catalogue 79).
 * - `answers-future-watch`: a watch from a revision that is still to come is given what there is (catalogue 80).
 * - `drops-deletes`: a watch is not told of keys that went (catalogue 80).
 * - `serves-compacted`: a watch from before the compaction is given what is left (catalogue 79).
 * - `revision-lost-in-snapshot`: after a restart from a snapshot revisions begin with what is left of the history (catalogue 79).
 * - `keeps-ephemerals`: keys outlive the session they belong to (catalogue 85).
 * - `expires-without-comparing`: a session ends by a timer from before its last renewal.
 * - `numbers-by-children`: a sequential znode is numbered by how many children there are, so that a number comes again.
 * - `keeps-lock-index`: a lock that changes hands keeps its index, and two holders show one token.
 * - `ignores-lock-delay`: a lock whose session was invalidated is given away at once.
 * - `takes-old-members`: a restored cluster listens to members of the one it was restored from.
 */
export type CoordinationDefect = (typeof COORDINATION_DEFECTS)[number];

/** All of them, for tables and sweeps. */
export const COORDINATION_DEFECTS = [
  'misses-after-reconnect',
  'answers-future-watch',
  'drops-deletes',
  'serves-compacted',
  'revision-lost-in-snapshot',
  'keeps-ephemerals',
  'expires-without-comparing',
  'numbers-by-children',
  'keeps-lock-index',
  'ignores-lock-delay',
  'takes-old-members',
] as const;

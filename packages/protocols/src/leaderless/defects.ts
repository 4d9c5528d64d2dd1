/**
 * Ways to break leaderless replication on purpose, each a minimal deviation in one marked place. `undefined` is the correct protocol.
 *
 * - `forgets-on-restart`: a replica boots empty and counts its writes from 1 again, so that new writes look old (catalogue 108).
 * - `sends-before-persist`: the coordinator spreads a write its own disk does not hold, and after a crash gives its name to another (catalogue 38).
 * - `acks-before-fsync`: a replica acknowledges what is in its memory only (catalogue 28).
 * - `drops-hint-early`: a stand-in forgets a hint when it sends it, not when it has arrived (catalogue 110).
 * - `collects-tombstones`: a replica forgets deletions after a time, and others bring the value back (catalogue 110).
 * - `tree-skips-tombstones`: hash trees leave out deletions and never agree (catalogue 110).
 * - `write-ignores-context`: a coordinator replaces what it holds, whatever the writer had read (catalogue 114).
 * - `lww-tie-by-arrival`: of two writes with one timestamp each replica keeps the one it had (catalogue 114).
 */
export type LeaderlessDefect =
  | 'forgets-on-restart'
  | 'sends-before-persist'
  | 'acks-before-fsync'
  | 'drops-hint-early'
  | 'collects-tombstones'
  | 'tree-skips-tombstones'
  | 'write-ignores-context'
  | 'lww-tie-by-arrival';

/** All of them, for tables and sweeps. */
export const LEADERLESS_DEFECTS: readonly LeaderlessDefect[] = [
  'forgets-on-restart',
  'sends-before-persist',
  'acks-before-fsync',
  'drops-hint-early',
  'collects-tombstones',
  'tree-skips-tombstones',
  'write-ignores-context',
  'lww-tie-by-arrival',
];

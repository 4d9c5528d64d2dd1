/**
 * Ways to break ABD registers on purpose, each a minimal deviation in one marked place. `undefined` is the correct protocol.
 *
 * - `no-write-back`: a read answers without storing what it returns, and the next one may return something older (catalogue 110).
 * - `tags-without-writer`: two writers can give one tag to two values (catalogue 89).
 * - `forgets-tags`: a writer forgets at a restart which tags it has used (catalogue 89).
 * - `no-query`: a writer numbers its writes by itself, not above what others have written (catalogue 15).
 * - `acks-before-fsync`: a replica acknowledges what is in its memory only (catalogue 28).
 * - `forgets-on-restart`: a replica boots empty and keeps its name (catalogue 38).
 */
export type AbdDefect =
  | 'no-write-back'
  | 'tags-without-writer'
  | 'forgets-tags'
  | 'no-query'
  | 'acks-before-fsync'
  | 'forgets-on-restart';

/** All of them, for tables and sweeps. */
export const ABD_DEFECTS: readonly AbdDefect[] = [
  'no-write-back',
  'tags-without-writer',
  'forgets-tags',
  'no-query',
  'acks-before-fsync',
  'forgets-on-restart',
];

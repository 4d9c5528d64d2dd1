/**
 * Ways to break EPaxos* on purpose, each a minimal deviation in one marked place. `undefined` is the correct protocol.
 *
 * - `one-ballot-variable`: a replica reports the ballot it joined last as the one in which it accepted (catalogue 96).
 * - `skips-validation`: recovery takes dependencies that may have been committed fast, without asking for commands that rule it out
 *   (catalogue 97).
 * - `fast-with-any-dependencies`: commits fast though replies differ.
 * - `recovers-as-nop`: recovery gives up a command that may have been committed fast.
 * - `executes-without-dependencies`: carries a command out before what it depends on is committed.
 * - `breaks-cycles-by-arrival`: carries the commands of a cycle out in the order in which they were committed here.
 */
export type EPaxosDefect =
  | 'one-ballot-variable'
  | 'skips-validation'
  | 'fast-with-any-dependencies'
  | 'recovers-as-nop'
  | 'executes-without-dependencies'
  | 'breaks-cycles-by-arrival';

/** All of them, for tables and sweeps. */
export const EPAXOS_DEFECTS: readonly EPaxosDefect[] = [
  'one-ballot-variable',
  'skips-validation',
  'fast-with-any-dependencies',
  'recovers-as-nop',
  'executes-without-dependencies',
  'breaks-cycles-by-arrival',
];

/**
 * Ways to break RBFT on purpose, each a minimal deviation in one marked place. `undefined` is the correct protocol.
 *
 * - `no-monitoring`: nobody compares the master with the backups, nor waits for it with a limit.
 * - `changes-on-one-vote`: one node's word is enough to change the instances' primaries.
 */
export type RbftDefect = 'no-monitoring' | 'changes-on-one-vote';

/** All of them, for tables and sweeps. */
export const RBFT_DEFECTS: readonly RbftDefect[] = ['no-monitoring', 'changes-on-one-vote'];

/**
 * Ways to break failover on purpose, each a minimal deviation in one marked place. `undefined` is the correct protocol.
 *
 * - `keeps-leading`: a leader that hears no majority goes on (catalogue 41).
 * - `closes-late`: it stops only after the others have given up on it (catalogue 52).
 * - `votes-while-led`: the witness votes for another though it hears the leader (catalogue 50).
 * - `votes-in-memory`: the witness forgets at a restart whom it voted for (catalogue 2).
 * - `promotes-unconfirmed`: takes over before the power switch has said that the old leader is off.
 * - `compares-with-own-epoch`: the shared part refuses only what is older than what the sender itself said last.
 * - `mounts-beside`: the storage lets a second writer in and leaves the first where it is.
 * - `forces-unfenced`: an operator's word is enough.
 */
export type FailoverDefect = (typeof FAILOVER_DEFECTS)[number];

/** All of them, for tables and sweeps. */
export const FAILOVER_DEFECTS = [
  'keeps-leading',
  'closes-late',
  'votes-while-led',
  'votes-in-memory',
  'promotes-unconfirmed',
  'compares-with-own-epoch',
  'mounts-beside',
  'forces-unfenced',
] as const;

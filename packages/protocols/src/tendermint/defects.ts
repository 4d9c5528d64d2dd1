/**
 * Ways to break Tendermint on purpose, each a minimal deviation in one marked place. `undefined` is the correct protocol.
 *
 * - `quorum-2f`: 2f nodes are taken for a quorum (catalogue 100).
 * - `no-lock`: a node prevotes for what is proposed whatever it is locked on (catalogue 100).
 * - `believes-claimed-pol`: a proposal that claims a proof of lock is believed without the 2f+1 prevotes.
 * - `forgets-lock`: a node that starts again knows nothing of its lock and its votes (catalogue 87).
 * - `believes-signatures`: nobody checks a signature.
 * - `no-valid-value`: a proposer proposes something new although a quorum wanted another block before: locked nodes refuse it, for ever.
 */
export type TendermintDefect =
  | 'quorum-2f'
  | 'no-lock'
  | 'believes-claimed-pol'
  | 'forgets-lock'
  | 'believes-signatures'
  | 'no-valid-value';

/** All of them, for tables and sweeps. */
export const TENDERMINT_DEFECTS: readonly TendermintDefect[] = [
  'quorum-2f',
  'no-lock',
  'believes-claimed-pol',
  'forgets-lock',
  'believes-signatures',
  'no-valid-value',
];

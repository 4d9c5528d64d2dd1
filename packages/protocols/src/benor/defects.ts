/**
 * Ways to break Ben-Or's consensus on purpose, each a minimal deviation in one marked place. `undefined` is the correct protocol.
 *
 * - `decides-on-one-proposal`: one proposal is taken for f + 1 of them.
 * - `tosses-though-proposed`: a node that saw a proposal, yet too few, tosses its coin all the same.
 * - `proposes-without-majority`: the value most reported to a node is proposed, by however many.
 * - `forgets-on-restart`: a node boots empty and keeps its id (catalogue 87).
 * - `no-coin`: where the coin would be tossed a node keeps its value: a deterministic protocol, which FLP's adversary keeps undecided.
 */
export type BenOrDefect =
  | 'decides-on-one-proposal'
  | 'tosses-though-proposed'
  | 'proposes-without-majority'
  | 'forgets-on-restart'
  | 'no-coin';

/** All of them, for tables and sweeps. */
export const BEN_OR_DEFECTS: readonly BenOrDefect[] = [
  'decides-on-one-proposal',
  'tosses-though-proposed',
  'proposes-without-majority',
  'forgets-on-restart',
  'no-coin',
];

/**
 * Ways to break HotStuff on purpose, each a minimal deviation in one marked place. `undefined` is the correct protocol.
 *
 * - `no-lock`: a node votes for a block whatever it is locked on (catalogue 100).
 * - `quorum-2f`: 2f nodes are taken for a quorum (catalogue 100).
 * - `believes-certificates`: nobody counts the votes of a certificate.
 * - `believes-signatures`: nobody checks a signature.
 */
export type HotStuffDefect = 'no-lock' | 'quorum-2f' | 'believes-certificates' | 'believes-signatures';

/** All of them, for tables and sweeps. */
export const HOTSTUFF_DEFECTS: readonly HotStuffDefect[] = [
  'no-lock',
  'quorum-2f',
  'believes-certificates',
  'believes-signatures',
];

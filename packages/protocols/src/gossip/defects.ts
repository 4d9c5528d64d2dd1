/**
 * Ways to break gossip on purpose; numbers are those of the catalogue in `docs/mutants.md`.
 *
 * - `never-cools`: a rumour is told for ever.
 * - `no-reconciliation`: what rumours did not reach is never found missing.
 * - `forgets-on-restart`: a restarted node knows nothing, and numbers its rumours from 1 again (catalogue 108).
 */
export type GossipDefect = 'never-cools' | 'no-reconciliation' | 'forgets-on-restart';

/** All of them, for tables and sweeps. */
export const GOSSIP_DEFECTS: readonly GossipDefect[] = [
  'never-cools',
  'no-reconciliation',
  'forgets-on-restart',
];

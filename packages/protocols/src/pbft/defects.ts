/**
 * Ways to break PBFT on purpose, each a minimal deviation in one marked place. `undefined` is the correct protocol.
 *
 * - `quorum-2f`: 2f nodes are taken for a quorum (catalogue 100).
 * - `new-view-without-proofs`: a new view is believed whatever 2f+1 view changes say (catalogue 100).
 * - `drops-prepared`: a view change leaves out what its node has prepared (catalogue 100).
 * - `counts-messages`: messages are counted, not their different senders, nor what they say (X14).
 * - `believes-signatures`: nobody checks a signature.
 * - `forgets-on-restart`: a replica boots empty and keeps its id (catalogue 38).
 * - `no-dedup`: a command ordered twice is carried out twice (catalogue 58).
 * - `only-primary-retransmits`: nobody but the primary brings those behind up to date, so that a bad one can keep clients waiting that want
 *   2f+1 equal replies, as the read-only optimisation makes them (catalogue 98).
 */
export type PbftDefect =
  | 'quorum-2f'
  | 'new-view-without-proofs'
  | 'drops-prepared'
  | 'counts-messages'
  | 'believes-signatures'
  | 'forgets-on-restart'
  | 'no-dedup'
  | 'only-primary-retransmits';

/** All of them, for tables and sweeps. */
export const PBFT_DEFECTS: readonly PbftDefect[] = [
  'quorum-2f',
  'new-view-without-proofs',
  'drops-prepared',
  'counts-messages',
  'believes-signatures',
  'forgets-on-restart',
  'no-dedup',
  'only-primary-retransmits',
];

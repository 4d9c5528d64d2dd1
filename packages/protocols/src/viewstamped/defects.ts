/**
 * Ways to break Viewstamped Replication on purpose, each a minimal deviation in one marked place. `undefined` is the correct protocol.
 *
 * - `truncates-before-transfer`: a replica that hears of a newer view cuts its log down to what is committed and enters the view at once,
 *   before it has the log of that view (the paper's section 5.2 as written; catalogue 93).
 * - `longest-log-wins`: a new primary takes the longest log, whatever view it is from (catalogue 94).
 * - `current-view-as-normal`: a replica reports the view it changes to as the last in which it was normal (catalogue 94).
 * - `answers-without-state`: a replica that lost its state takes part at once, without recovery (catalogue 87).
 * - `trusts-words-from-before-a-crash`: what a replica said about a view before it crashed still counts after it recovered (the paper's
 *   section 4.3 as written; Michael et al. 2017).
 * - `recovers-from-anyone`: a recovering replica takes the first state it is told, from any single replica (catalogue 37).
 * - `commits-at-half`: the primary counts half of the replicas as enough (catalogue 9).
 * - `acknowledges-over-gap`: a backup acknowledges an operation though it lacks an earlier one (catalogue 19).
 * - `no-client-table`: a command asked for again is carried out again (catalogue 58).
 */
export type ViewstampedDefect =
  | 'truncates-before-transfer'
  | 'longest-log-wins'
  | 'current-view-as-normal'
  | 'answers-without-state'
  | 'trusts-words-from-before-a-crash'
  | 'recovers-from-anyone'
  | 'commits-at-half'
  | 'acknowledges-over-gap'
  | 'no-client-table';

/** All of them, for tables and sweeps. */
export const VIEWSTAMPED_DEFECTS: readonly ViewstampedDefect[] = [
  'truncates-before-transfer',
  'longest-log-wins',
  'current-view-as-normal',
  'answers-without-state',
  'trusts-words-from-before-a-crash',
  'recovers-from-anyone',
  'commits-at-half',
  'acknowledges-over-gap',
  'no-client-table',
];

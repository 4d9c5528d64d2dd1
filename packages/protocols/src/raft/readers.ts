import { type Entry, lastIndex, type RaftLog, termAt } from './log.ts';

/** The term of entry `index` of a node's log; undefined when it is compacted away or not there. */
export function entryTermAt(state: { readonly log: RaftLog }, index: number): number | undefined {
  const term = termAt(state.log, index);
  return term < 0 ? undefined : term;
}

/** The entries a node's log holds, oldest first: compacted ones are not there. Not to be changed. */
export function logEntries(state: { readonly log: RaftLog }): readonly Entry[] {
  return state.log.entries;
}

/** The positions [first, last] a node's log holds; last is first - 1 when it is empty. */
export function logRange(state: { readonly log: RaftLog }): {
  readonly first: number;
  readonly last: number;
} {
  return { first: state.log.offset + 1, last: lastIndex(state.log) };
}

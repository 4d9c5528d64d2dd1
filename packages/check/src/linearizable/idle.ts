import type { Operation } from '../history/operation.ts';
import type { CompareView, RegisterView } from '../models/model.ts';
import { valueName } from './clusters.ts';

/** Stands for an operation that might as well not have happened. */
export const LEFT_OUT = -1;

interface Change {
  readonly at: number;
  readonly compare: CompareView | undefined;
  /** The name of the value it sets. */
  readonly sets: unknown;
}

/**
 * Which unknown changes of a register nobody could have noticed. A compare that sets what nobody reads or expects, in place of a value
 * nobody found missing, might as well not have happened (`LEFT_OUT`); writes of values that no other operation speaks of
 * cannot be told apart, and each stands for the first of them. All others stand for themselves. Undefined where all do, or where there are
 * other operations than reads, writes and compares.
 */
export function findIdle(operations: readonly Operation[], view: RegisterView): Int32Array | undefined {
  const changes: Change[] = [];
  const sought = new Set<unknown>();
  const missed = new Set<unknown>();
  for (let at = 0; at < operations.length; at++) {
    const operation = operations[at] as Operation;
    const kind = view.kindOf(operation);
    if (kind === 'read') {
      sought.add(valueName(view.valueOf(operation)));
      continue;
    }
    const compare = kind === 'other' ? view.compareOf?.(operation) : undefined;
    if (kind === 'other' && compare === undefined) return undefined;
    if (compare?.refused === true) missed.add(valueName(compare.expected));
    else if (operation.outcome === 'unknown')
      changes.push({
        at,
        compare,
        sets: valueName(compare === undefined ? view.valueOf(operation) : compare.next),
      });
    else if (compare !== undefined) sought.add(valueName(compare.expected));
  }
  if (changes.length === 0) return undefined;
  const useful = usefulAmong(changes, sought, missed);
  const standsFor = Int32Array.from(operations, (_, i) => i);
  let first = LEFT_OUT;
  for (const { at, compare, sets } of changes) {
    if (useful.has(at)) continue;
    if (compare !== undefined || missed.size === 0) standsFor[at] = LEFT_OUT;
    else if (!missed.has(sets)) standsFor[at] = first === LEFT_OUT ? (first = at) : first;
  }
  return standsFor;
}

/** The changes that set what somebody seeks, and the compares that take away what somebody missed; adds what these expect to what is sought. */
function usefulAmong(
  changes: readonly Change[],
  sought: Set<unknown>,
  missed: ReadonlySet<unknown>,
): ReadonlySet<number> {
  const bySet = new Map<unknown, Change[]>();
  for (const change of changes) {
    const list = bySet.get(change.sets);
    if (list === undefined) bySet.set(change.sets, [change]);
    else list.push(change);
  }
  const useful = new Set<number>();
  const seek = ({ compare }: Change): void => {
    if (compare !== undefined) sought.add(valueName(compare.expected));
  };
  for (const change of changes) {
    if (change.compare === undefined || !missed.has(valueName(change.compare.expected))) continue;
    useful.add(change.at);
    seek(change);
  }
  // What is added on the way is visited too.
  for (const value of sought) {
    for (const change of bySet.get(value) ?? []) {
      useful.add(change.at);
      seek(change);
    }
  }
  return useful;
}

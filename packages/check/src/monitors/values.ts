import type { Operation } from '../history/operation.ts';
import { type Intervals, intervalsOf } from '../linearizable/intervals.ts';
import { type Contradiction, contradiction } from './monitor.ts';

/** What an operation does to a container, as far as a monitor knows containers. */
export type Role =
  | { readonly kind: 'put'; readonly value: unknown }
  | { readonly kind: 'take'; readonly value: unknown }
  /** Found nothing inside. */
  | { readonly kind: 'empty' }
  /** Took something, nobody knows what. */
  | { readonly kind: 'lost-take' }
  | { readonly kind: 'other' };

/**
 * The operations of a container in which every value is put in at most once, by value. Values put in by an operation of
 * unknown outcome and never taken are left out: nobody could tell whether they were there.
 */
export interface Values {
  readonly count: number;
  /** Positions of the put and the take of each value; -1 for a take that never was. */
  readonly put: Int32Array;
  readonly take: Int32Array;
  /** Positions of the operations that found nothing inside. */
  readonly empties: Int32Array;
  /** When each value's put and take began and ended; `Infinity` for a take that never was, and for unknown ends. */
  readonly putBegin: Float64Array;
  readonly putEnd: Float64Array;
  readonly takeBegin: Float64Array;
  readonly takeEnd: Float64Array;
  readonly intervals: Intervals;
  /** Takes of unknown outcome were left out, so a contradiction need not be one. */
  readonly isOpen: boolean;
}

interface Draft {
  put: number;
  take: number;
}

/**
 * Sorts operations by value. A contradiction when a value is taken twice, by nobody's leave or before it was put in;
 * undefined when a value is put in twice, or an operation is none of a container.
 */
export function readValues(
  operations: readonly Operation[],
  roleOf: (operation: Operation) => Role,
): Values | Contradiction | undefined {
  const drafts = new Map<unknown, Draft>();
  const empties: number[] = [];
  let isOpen = false;
  let wrong: Contradiction | undefined;
  for (let i = 0; i < operations.length; i++) {
    const role = roleOf(operations[i] as Operation);
    if (role.kind === 'other') return undefined;
    if (role.kind === 'empty') empties.push(i);
    else if (role.kind === 'lost-take') isOpen = true;
    else {
      let draft = drafts.get(role.value);
      if (draft === undefined) drafts.set(role.value, (draft = { put: -1, take: -1 }));
      if (draft[role.kind] === -1) draft[role.kind] = i;
      else if (role.kind === 'put') return undefined;
      else wrong ??= takenTwice(draft, i);
    }
  }
  const intervals = intervalsOf(operations);
  if (intervals === undefined) return undefined;
  wrong ??= findMisfit(drafts, intervals);
  return wrong ?? columnsOf(drafts, empties, intervals, isOpen, operations);
}

function takenTwice(draft: Draft, again: number): Contradiction {
  const { put, take } = draft;
  return contradiction(
    [put, take, again],
    again,
    (tell) =>
      `${tell(again)}, but ${tell(take)}, and ${put === -1 ? 'nobody put it in more than once' : `only ${tell(put)}`}`,
  );
}

/** A value taken that was never put in, or that was taken before. */
function findMisfit(
  drafts: ReadonlyMap<unknown, Draft>,
  { begins, ends }: Intervals,
): Contradiction | undefined {
  for (const { put, take } of drafts.values()) {
    if (take === -1) continue;
    if (put === -1) return contradiction([take], take, (tell) => `${tell(take)}, which nobody put in`);
    if ((ends[take] as number) < (begins[put] as number)) {
      return contradiction(
        [put, take],
        take,
        (tell) => `${tell(take)}, which was over before ${tell(put)} began`,
      );
    }
  }
  return undefined;
}

function columnsOf(
  drafts: ReadonlyMap<unknown, Draft>,
  empties: readonly number[],
  intervals: Intervals,
  isOpen: boolean,
  operations: readonly Operation[],
): Values {
  const { begins, ends } = intervals;
  const put = new Int32Array(drafts.size);
  const take = new Int32Array(drafts.size);
  let count = 0;
  for (const draft of drafts.values()) {
    if (draft.take === -1 && (operations[draft.put] as Operation).outcome === 'unknown') continue;
    put[count] = draft.put;
    take[count++] = draft.take;
  }
  const timesOf = (positions: Int32Array, times: Float64Array): Float64Array =>
    Float64Array.from(positions.subarray(0, count), (i) =>
      i === -1 ? Number.POSITIVE_INFINITY : (times[i] as number),
    );
  return {
    count,
    put: put.subarray(0, count),
    take: take.subarray(0, count),
    empties: Int32Array.from(empties),
    putBegin: timesOf(put, begins),
    putEnd: timesOf(put, ends),
    takeBegin: timesOf(take, begins),
    takeEnd: timesOf(take, ends),
    intervals,
    isOpen,
  };
}

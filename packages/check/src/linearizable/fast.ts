import type { Operation } from '../history/operation.ts';
import type { Model, RegisterView } from '../models/model.ts';
import { valueName } from './clusters.ts';
import { PartJudge } from './judge.ts';
import { areOfOneObject } from './parts.ts';
import type { SearchStatus } from './search.ts';
import { judgeByChains, judgeByZones, type ZoneVerdict } from './zones.ts';

const LONG = 10_000;

/** What an attempt at a history came to, and what it cost; `paused` when its steps did not suffice. */
export interface Attempt {
  readonly status: SearchStatus;
  readonly steps: number;
}

/** Judges one object's operations, sorted by invocation, without search; undefined where nothing but the search applies. */
export function judgeFast<S>(operations: readonly Operation[], model: Model<S>): ZoneVerdict | undefined {
  const view = model.register;
  if (view === undefined) return undefined;
  // To look first costs a pass, which short histories can afford; what it saves is all there is to save in them.
  const kinds = operations.length > LONG ? undefined : kindsIn(operations, view);
  const zones = kinds === undefined || kinds === 'registers' ? judgeByZones(operations, view) : undefined;
  if (zones !== undefined) return zones;
  return (kinds ?? kindsIn(operations, view)) === 'compares' ? judgeByChains(operations, view) : undefined;
}

/** Judges them as those of a register where all of them together say how; undefined where they do not. */
export function judgeDrawn<S>(operations: readonly Operation[], model: Model<S>): ZoneVerdict | undefined {
  const view = model.registerAmong?.(operations);
  const found = view && judgeByChains(operations, view);
  if (found?.status !== 'violated' || view?.withReasons === undefined) return found;
  return { ...found, conflict: view.withReasons(found.conflict) };
}

/** What the operations are; `others`, too, when a value is set twice, which short histories of few values soon show. */
function kindsIn(operations: readonly Operation[], view: RegisterView): 'registers' | 'compares' | 'others' {
  const values = new Set<unknown>();
  let setters = 0;
  let kinds: 'registers' | 'compares' = 'registers';
  for (const operation of operations) {
    const kind = view.kindOf(operation);
    if (kind === 'read') continue;
    const compare = kind === 'other' ? view.compareOf?.(operation) : undefined;
    if (kind === 'other') {
      if (compare === undefined) return 'others';
      kinds = 'compares';
      if (compare.refused) continue;
    }
    values.add(valueName(compare === undefined ? view.valueOf(operation) : compare.next));
    if (values.size < ++setters) return 'others';
  }
  return kinds;
}

/** Judges operations, sorted by invocation, by the fastest means that applies, with at most about `steps` steps of search. */
export function attempt<S>(operations: readonly Operation[], model: Model<S>, steps: number): Attempt {
  const isOne = areOfOneObject(operations, model);
  const fast = isOne ? (judgeFast(operations, model) ?? judgeDrawn(operations, model)) : undefined;
  // To lay out a history is work too.
  if (fast !== undefined) return { status: fast.status, steps: operations.length };
  const judge = new PartJudge(operations, model);
  const status = judge.goOn(steps);
  return { status, steps: judge.steps + operations.length };
}

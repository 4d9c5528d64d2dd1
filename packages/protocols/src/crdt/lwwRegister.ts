import { assertPlain, clonePlain, encodePlain, type Plain } from '@holdfast/plain';
import { readActor, readWhole } from '../clocks/boundary.ts';
import {
  advanceVector,
  byCodeUnit,
  compareVectors,
  descends,
  EMPTY_VECTOR,
  mergeVectors,
  parseVector,
  type Vector,
} from '../clocks/vector.ts';
import { MalformedDeltaError, readingDelta, readObject, type StateCrdt } from './stateCrdt.ts';

/** One write, with the time that decides and the version that tells what its author had seen. */
export interface LWWWrite {
  readonly value: Plain;
  /** Wall milliseconds, a Lamport counter, or a hybrid stamp's `l`. */
  readonly time: number;
  /** Breaks ties of `time` before the actor does: a hybrid stamp's `c`, else 0. */
  readonly count: number;
  readonly actor: string;
  /** The writes this one had seen, itself included. Decides nothing; it is what makes losses visible. */
  readonly version: Vector;
}

/** A register in which the write with the largest (time, count, actor) wins. */
export interface LWWRegister {
  /** Null before the first write. */
  readonly write: LWWWrite | null;
  /** All writes this replica has heard of, winners and losers. */
  readonly context: Vector;
}

/** A write that a join throws away although nobody overwrote it knowingly. */
export interface LostWrite {
  readonly lost: LWWWrite;
  readonly kept: LWWWrite;
  /** `concurrent`: neither author had seen the other. `newer`: the lost author HAD seen the kept write; clocks lie. */
  readonly kind: 'concurrent' | 'newer';
}

/** The last-writer-wins register (RFC 677, 1975; Shapiro et al. 2011). For values whose loss is acceptable. */
export const LWWRegister: StateCrdt<LWWRegister> & {
  /** The delta of `actor` writing `value` (plain data, copied) at `time` by its clock. */
  readonly write: (
    state: LWWRegister,
    write: { readonly actor: string; readonly time: number; readonly count?: number; readonly value: Plain },
  ) => LWWRegister;
  /** The winner's value; null before the first write. */
  readonly value: (state: LWWRegister) => Plain;
  /** The write that joining these two throws away, if any: count it and show it, the join itself is silent. */
  readonly lost: (a: LWWRegister, b: LWWRegister) => LostWrite | undefined;
} = {
  name: 'lww-register',
  empty: { write: null, context: EMPTY_VECTOR },
  join: (a, b) => ({
    write: winner(a.write, b.write),
    context: mergeVectors(a.context, b.context),
  }),
  parse: (value) => readingDelta(() => parseRegister(value)),
  write: (state, { actor, time, count = 0, value }) => {
    assertPlain(value, 'value');
    const version = advanceVector(state.context, actor);
    const write = {
      value: clonePlain(value),
      time: readWhole(time, 'time'),
      count: readWhole(count, 'count'),
      actor: readActor(actor, 'actor'),
      version,
    };
    return { write, context: version };
  },
  value: (state) => state.write?.value ?? null,
  lost: (a, b) => {
    if (!a.write || !b.write || compareVectors(a.write.version, b.write.version) === 'equal')
      return undefined;
    const keepsA = compareWrites(a.write, b.write) > 0;
    const [kept, lost] = keepsA ? [a.write, b.write] : [b.write, a.write];
    // Known on the winning side: overwritten there on purpose, or reported there already.
    if (descends(keepsA ? a.context : b.context, lost.version)) return undefined;
    return { lost, kept, kind: descends(lost.version, kept.version) ? 'newer' : 'concurrent' };
  },
};

/** By time, count and actor; then by the value's text, so that even a reused actor name cannot make replicas differ. */
function compareWrites(a: LWWWrite, b: LWWWrite): number {
  return (
    a.time - b.time ||
    a.count - b.count ||
    byCodeUnit(a.actor, b.actor) ||
    byCodeUnit(encodePlain(a.value), encodePlain(b.value))
  );
}

function winner(a: LWWWrite | null, b: LWWWrite | null): LWWWrite | null {
  if (!a || !b) return a ?? b;
  const order = compareWrites(a, b);
  if (order === 0) return { ...a, version: mergeVectors(a.version, b.version) };
  return order > 0 ? a : b;
}

function parseRegister(value: unknown): LWWRegister {
  const fields = readObject(value, 'delta');
  const context = parseVector(fields.context, 'delta.context');
  if (fields.write === null) return { write: null, context };
  const write = readObject(fields.write, 'delta.write');
  const version = parseVector(write.version, 'delta.write.version');
  if (!descends(context, version)) {
    throw new MalformedDeltaError('delta.context', 'a context that covers its write', fields.context);
  }
  assertPlain(write.value, 'delta.write.value');
  return {
    write: {
      value: clonePlain(write.value),
      time: readWhole(write.time, 'delta.write.time'),
      count: readWhole(write.count, 'delta.write.count'),
      actor: readActor(write.actor, 'delta.write.actor'),
      version,
    },
    context,
  };
}

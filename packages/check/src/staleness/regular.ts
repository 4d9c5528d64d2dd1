import { insistOnly, shrink } from '../causal/shrink.ts';
import type { History, Operation } from '../history/operation.ts';
import { Teller } from '../linearizable/words.ts';
import type { Model } from '../models/model.ts';
import type { Verdict } from '../verdict.ts';
import { precedes, WriteTimes } from './precedence.ts';
import { needRealTime } from './realTime.ts';
import { type RegisterPart, registerParts, type RegisterValues } from './registerParts.ts';

/** How much a register promises when writes overlap reads. */
export type RegularKind = 'regular' | 'safe';

/** How `checkRegular` goes about it. */
export interface RegularOptions {
  /** False leaves out the minimal sub-history of a violation. True unless told otherwise. */
  readonly explain?: boolean;
}

const NAMES: Readonly<Record<RegularKind, string>> = { regular: 'regular registers', safe: 'safe registers' };

/**
 * Judges plain reads and writes as regular or safe registers (Lamport, On Interprocess Communication, 1986), for any number of
 * writers. `regular`: every read returns the value of a write that it overlaps, or of one that was over when it began and that no
 * other write followed and finished before the read. `safe`: the same, but a read that overlaps a write may return anything.
 * Each read is judged by itself, values may repeat. n log n.
 *
 * Throws `RealTimeError` for a history without real time and `NotRegisterError` for other operations than reads and writes.
 */
export function checkRegular<S>(
  history: History,
  model: Model<S>,
  kind: RegularKind,
  options: RegularOptions = {},
): Verdict {
  const promise = NAMES[kind];
  needRealTime(history, promise);
  const { found, reads } = judgeRegular(history.operations, model, kind);
  const evidence = { examined: reads, steps: reads };
  if (found === undefined) {
    const when = kind === 'safe' ? 'while nothing was written ' : '';
    return {
      promise,
      status: 'holds',
      reason: `${reads} reads: each ${when}returned a value that no later write had certainly replaced when it began`,
      evidence,
    };
  }
  const teller = new Teller(model, history.timeUnit);
  const reason = `${teller.tell(found.read)}, ${tellFault(found, teller)}`;
  const { read } = found;
  const minimal = options.explain === false ? undefined : smallest(history, model, found);
  return {
    promise,
    status: 'violated',
    reason,
    evidence: { ...evidence, blocking: read, ...(minimal === undefined ? {} : { minimal }) },
  };
}

/** A read that nothing explains. */
interface Fault {
  readonly read: Operation;
  /** Writes of the value read, each with what came between; those of the future with none. */
  readonly writers: readonly { readonly write: Operation; readonly replacedBy: Operation | undefined }[];
  /** For the initial value: a write that was over. */
  readonly overBefore: Operation | undefined;
}

interface Judged {
  readonly found: Fault | undefined;
  readonly reads: number;
}

function judgeRegular<S>(operations: readonly Operation[], model: Model<S>, kind: RegularKind): Judged {
  const { parts, values } = registerParts(operations, model, NAMES[kind]);
  let reads = 0;
  let found: Fault | undefined;
  for (const part of parts) {
    const times = new WriteTimes(part.writes);
    reads += part.reads.length;
    for (const read of part.reads) {
      if (kind === 'safe' && times.overlaps(read)) continue;
      const fault = faultOf(read, part, times, values);
      if (fault !== undefined && (found === undefined || read.id < found.read.id)) found = fault;
    }
  }
  return { found, reads };
}

function faultOf(
  read: Operation,
  part: RegisterPart,
  times: WriteTimes,
  values: RegisterValues,
): Fault | undefined {
  let overBefore: Operation | undefined;
  if (values.isInitial(read)) {
    overBefore = times.lastBefore(read);
    if (overBefore === undefined) return undefined;
  }
  const writers: { write: Operation; replacedBy: Operation | undefined }[] = [];
  for (const write of part.writersOf.get(values.textOf(read)) ?? []) {
    const replacedBy = precedes(read, write) ? undefined : times.between(write, read);
    if (replacedBy === undefined && !precedes(read, write)) return undefined;
    writers.push({ write, replacedBy });
  }
  return { read, writers, overBefore };
}

function tellFault<S>({ writers, overBefore }: Fault, teller: Teller<S>): string {
  const parts: string[] = [];
  if (overBefore !== undefined) {
    parts.push(`the value before any write, although ${teller.tell(overBefore)} was over when it began`);
  }
  for (const { write, replacedBy } of writers) {
    parts.push(
      replacedBy === undefined
        ? `which ${teller.tell(write)} only after it`
        : `but ${teller.tell(replacedBy)} had replaced that, behind ${teller.tell(write)}, before it began`,
    );
  }
  return parts.length === 0 ? 'a value that nobody wrote' : parts.join('; ');
}

function smallest<S>(
  history: History,
  model: Model<S>,
  { read, writers, overBefore }: Fault,
): readonly Operation[] | undefined {
  const core = new Set([read]);
  if (overBefore !== undefined) core.add(overBefore);
  for (const { write, replacedBy } of writers) {
    core.add(write);
    if (replacedBy !== undefined) core.add(replacedBy);
  }
  const pool = history.operations.filter((operation) => core.has(operation));
  return shrink({
    operations: pool,
    isSpent: () => false,
    // Writes that are not insisted on must not count as overlapping, which would let a safe register return anything.
    isViolated: (kept) =>
      judgeRegular(insistOnly(pool, new Set(kept), model), model, 'regular').found !== undefined,
  });
}

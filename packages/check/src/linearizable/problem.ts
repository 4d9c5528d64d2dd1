import type { Operation } from '../history/operation.ts';
import type { ClassTable } from './classes.ts';
import { type EventLine, lineUp, NEVER } from './events.ts';
import type { Arena } from './ints.ts';

/** One object's history, ready for the search. Operations are numbered by position in `operations`. */
export interface Problem extends EventLine {
  readonly operations: readonly Operation[];
  /** The class of each operation. */
  readonly classOf: Int32Array;
  /** The slot a live operation occupies from invocation to return; -1 for unknown ones. */
  readonly slotOf: Int32Array;
  /** The operation that held the slot before, or -1. */
  readonly slotBefore: Int32Array;
  readonly slots: number;
  /** Unknown operations by kind: for each kind its class and its operations in order of invocation. */
  readonly unknownKinds: readonly UnknownKind[];
  /** The unknown kind of each operation; -1 for the others. */
  readonly kindOf: Int32Array;
}

/** Unknown operations that cannot be told apart. */
export interface UnknownKind {
  readonly class: number;
  readonly operations: number[];
}

/** Lays out one object's operations, sorted by invocation, for the search. Adds to `classes` what it meets. */
export function layOut<S>(operations: readonly Operation[], classes: ClassTable<S>, arena: Arena): Problem {
  const { events, returnAt, after } = lineUp(operations, arena);
  const count = operations.length;
  const classOf = arena.take(count);
  for (let i = 0; i < count; i++) classOf[i] = classes.classOf(operations[i] as Operation);
  if (after !== undefined) separateChained(operations, after, classOf, classes);
  const slotOf = arena.take(count).fill(-1);
  const slotBefore = arena.take(count).fill(-1);
  const kindOf = arena.take(count).fill(-1);
  const kinds = new Map<number, number>();
  const unknownKinds: UnknownKind[] = [];
  const free: number[] = [];
  const holders: number[] = [];
  for (const event of events) {
    const i = event >> 1;
    if ((event & 1) === 1) {
      free.push(slotOf[i] as number);
    } else if (returnAt[i] === NEVER) {
      kindOf[i] = kindIndex(classOf[i] as number, kinds, unknownKinds);
      unknownKinds[kindOf[i] as number]?.operations.push(i);
    } else {
      const slot = free.pop() ?? holders.length;
      slotBefore[i] = holders[slot] ?? -1;
      holders[slot] = i;
      slotOf[i] = slot;
    }
  }
  const slots = holders.length;
  return { events, returnAt, after, operations, classOf, slotOf, slotBefore, slots, unknownKinds, kindOf };
}

function kindIndex(c: number, kinds: Map<number, number>, unknownKinds: UnknownKind[]): number {
  let kind = kinds.get(c);
  if (kind === undefined) {
    kind = unknownKinds.push({ class: c, operations: [] }) - 1;
    kinds.set(c, kind);
  }
  return kind;
}

/** Operations tied to one another by their process at one instant are not exchangeable with their equals. */
function separateChained<S>(
  operations: readonly Operation[],
  after: Int32Array,
  classOf: Int32Array,
  classes: ClassTable<S>,
): void {
  for (let i = 0; i < operations.length; i++) {
    const first = after[i] as number;
    if (first === -1) continue;
    classOf[i] = classes.ownClass(operations[i] as Operation);
    classOf[first] = classes.ownClass(operations[first] as Operation);
  }
}

import type { Operation } from '../history/operation.ts';
import type { ClassTable } from './classes.ts';
import { type EventLine, lineUp, NEVER } from './events.ts';
import { LEFT_OUT } from './idle.ts';
import { type Arena, NO_INTEGERS } from './ints.ts';

/** One object's history, ready for the search. Operations are numbered by position in `operations`. */
export interface Problem extends EventLine {
  readonly operations: readonly Operation[];
  /** The class of each operation. */
  readonly classOf: Int32Array;
  /** The slot a live operation occupies from invocation to return; -1 for unknown ones. */
  readonly slotOf: Int32Array;
  readonly slots: number;
  /** Unknown operations by kind: for each kind its class and its operations in order of invocation. */
  readonly unknownKinds: readonly UnknownKind[];
  /** The unknown kind of each unknown operation, or the number of kinds for one left out; meaningless for the others. */
  readonly kindOf: Int32Array;
}

/** Unknown operations that cannot be told apart. */
export interface UnknownKind {
  readonly class: number;
  readonly operations: number[];
}

/**
 * Lays out one object's operations, sorted by invocation, for the search. Adds to `classes` what it meets. `standsFor` tells which unknown
 * operations are left out or count as another one (`findIdle`).
 */
export function layOut<S>(
  operations: readonly Operation[],
  classes: ClassTable<S>,
  arena: Arena,
  standsFor?: Int32Array,
): Problem {
  const { events, invokeAt, returnAt, after } = lineUp(operations, arena);
  const count = operations.length;
  const classOf = arena.take(count);
  for (let i = 0; i < count; i++) {
    const as = standsFor === undefined || standsFor[i] === LEFT_OUT ? i : (standsFor[i] as number);
    classOf[i] = classes.classOf(operations[as] as Operation);
  }
  if (after !== undefined) separateChained(operations, after, classOf, classes);
  const slotOf = arena.take(count);
  const unknownKinds: UnknownKind[] = [];
  const free: number[] = [];
  let slots = 0;
  for (let e = 0; e < events.length; e++) {
    const event = events[e] as number;
    const i = event >> 1;
    if ((event & 1) === 1) free.push(slotOf[i] as number);
    else if (returnAt[i] !== NEVER) slotOf[i] = free.pop() ?? slots++;
    else slotOf[i] = -1;
  }
  const kindOf =
    slots === count
      ? NO_INTEGERS
      : sortOutUnknown(events, returnAt, classOf, { unknownKinds, standsFor }, arena);
  return { events, invokeAt, returnAt, after, operations, classOf, slotOf, slots, unknownKinds, kindOf };
}

function sortOutUnknown(
  events: Int32Array,
  returnAt: Int32Array,
  classOf: Int32Array,
  { unknownKinds, standsFor }: { unknownKinds: UnknownKind[]; standsFor: Int32Array | undefined },
  arena: Arena,
): Int32Array {
  const kindOf = arena.take(returnAt.length);
  const kinds = new Map<number, number>();
  const leftOut: number[] = [];
  for (let e = 0; e < events.length; e++) {
    const i = (events[e] as number) >> 1;
    if (returnAt[i] !== NEVER) continue;
    if (standsFor?.[i] === LEFT_OUT) {
      leftOut.push(i);
      continue;
    }
    const c = classOf[i] as number;
    let kind = kinds.get(c);
    if (kind === undefined) {
      kind = unknownKinds.push({ class: c, operations: [] }) - 1;
      kinds.set(c, kind);
    }
    kindOf[i] = kind;
    unknownKinds[kind]?.operations.push(i);
  }
  for (const i of leftOut) kindOf[i] = unknownKinds.length;
  return kindOf;
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

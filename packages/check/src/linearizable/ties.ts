import type { Operation } from '../history/operation.ts';

/** Orders of several objects, sorted by the instants at which their operations take effect. */
export interface Ties {
  readonly operations: readonly Operation[];
  /** Of each place its operation; places go object by object, in the order of each. */
  readonly positions: Int32Array;
  /** Of each place its instant, and its object. */
  readonly instants: Float64Array;
  readonly objectOf: Int32Array;
  /** The places by instant, ties in order of place. Rearranged within instants. */
  readonly places: Int32Array;
}

/**
 * Rearranges what takes effect at one instant so that each process's own order is kept: a process may end an operation on one object
 * and begin one on another at the same instant. Returns the objects whose orders contradict each other there, if there are any.
 *
 * All operations of one instant have begun by then and none is over before, so any order of them keeps real time.
 */
export function settleTies(ties: Ties): readonly number[] | undefined {
  const { places, instants } = ties;
  for (let from = 0; from < places.length; ) {
    const instant = instants[places[from] as number] as number;
    let to = from + 1;
    while (to < places.length && instants[places[to] as number] === instant) to++;
    if (isDoubtful(ties, from, to, instant)) {
      const objects = settle(ties, from, to, instant);
      if (objects !== undefined) return objects;
    }
    from = to;
  }
  return undefined;
}

/** True when some operation ended at this instant, and there are several objects. */
function isDoubtful(ties: Ties, from: number, to: number, instant: number): boolean {
  const { operations, positions, objectOf, places } = ties;
  const object = objectOf[places[from] as number];
  let isEnding = false;
  let areSeveral = false;
  for (let k = from; k < to; k++) {
    const place = places[k] as number;
    if (objectOf[place] !== object) areSeveral = true;
    if ((operations[positions[place] as number] as Operation).completedAt === instant) isEnding = true;
  }
  return isEnding && areSeveral;
}

function settle(ties: Ties, from: number, to: number, instant: number): readonly number[] | undefined {
  const { operations, positions, objectOf, places } = ties;
  const tied = places.slice(from, to);
  const behind = followers(tied, operations, positions, instant);
  if (behind === undefined) return undefined;
  const waiting = new Int32Array(tied.length);
  for (let a = 0; a < tied.length; a++) {
    if (isNextOf(tied, a, objectOf)) behind[a]?.push(a + 1);
    for (const b of behind[a] ?? []) waiting[b] = (waiting[b] as number) + 1;
  }
  const ready: number[] = [];
  waiting.forEach((count, k) => {
    if (count === 0) ready.push(k);
  });
  for (const a of ready) {
    for (const b of behind[a] ?? []) {
      waiting[b] = (waiting[b] as number) - 1;
      if (waiting[b] === 0) ready.push(b);
    }
  }
  if (ready.length === tied.length) {
    ready.forEach((k, rank) => {
      places[from + rank] = tied[k] as number;
    });
    return undefined;
  }
  const left = new Set<number>();
  tied.forEach((place, k) => {
    if ((waiting[k] as number) > 0) left.add(objectOf[place] as number);
  });
  return [...left];
}

function isNextOf(tied: Int32Array, a: number, objectOf: Int32Array): boolean {
  return a + 1 < tied.length && objectOf[tied[a] as number] === objectOf[tied[a + 1] as number];
}

/** Of each tied place those that its process went on to at this instant; undefined when no process did. */
function followers(
  tied: Int32Array,
  operations: readonly Operation[],
  positions: Int32Array,
  instant: number,
): number[][] | undefined {
  const byProcess = new Map<number, number[]>();
  let isEmpty = true;
  tied.forEach((place, k) => {
    const { process } = operations[positions[place] as number] as Operation;
    const own = byProcess.get(process);
    if (own === undefined) byProcess.set(process, [k]);
    else own.push(k);
  });
  const behind: number[][] = Array.from(tied, () => []);
  const operationAt = (k: number): Operation =>
    operations[positions[tied[k] as number] as number] as Operation;
  for (const own of byProcess.values()) {
    if (own.length === 1) continue;
    own.sort(
      (a, b) => operationAt(a).invokedAt - operationAt(b).invokedAt || operationAt(a).id - operationAt(b).id,
    );
    let last = -1;
    for (const k of own) {
      const { completedAt, invokedAt, outcome } = operationAt(k);
      if (last !== -1 && invokedAt === instant) {
        behind[last]?.push(k);
        isEmpty = false;
      }
      // An unknown operation comes before nothing.
      if (outcome !== 'unknown' && completedAt === instant) last = k;
    }
  }
  return isEmpty ? undefined : behind;
}

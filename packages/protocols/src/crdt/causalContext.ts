import { compareDots, type Dot, nextCounter, parseDot } from '../clocks/dot.ts';
import { counterOf, EMPTY_VECTOR, mergeVectors, parseVector, type Vector } from '../clocks/vector.ts';
import { indexSorted, unionSorted } from './sorted.ts';
import { readAscending, readItems, readObject } from './stateCrdt.ts';

/**
 * The dots a state has seen, in few words: per actor all dots up to a counter, and beside them the ones that came
 * early, ascending. Canonical: no dot of the cloud is covered by the vector or directly next to it.
 */
export interface CausalContext {
  readonly vector: Vector;
  readonly cloud: readonly Dot[];
}

/** The context of no update. */
export const EMPTY_CONTEXT: CausalContext = { vector: EMPTY_VECTOR, cloud: [] };

/** Whether a dot has been seen. */
export function hasDot(context: CausalContext, dot: Dot): boolean {
  if (counterOf(context.vector, dot[0]) >= dot[1]) return true;
  return context.cloud.length > 0 && indexSorted(context.cloud, (item) => compareDots(item, dot)) >= 0;
}

/** The context of exactly these dots, in any order. */
export function contextOf(dots: readonly Dot[]): CausalContext {
  const [only] = dots;
  if (only === undefined) return EMPTY_CONTEXT;
  if (dots.length === 1 && only[1] > 1) return { vector: EMPTY_VECTOR, cloud: [only] };
  return compact(EMPTY_VECTOR, dots.slice().sort(compareDots));
}

/** All dots of both. */
export function joinContexts(a: CausalContext, b: CausalContext): CausalContext {
  const vector = mergeVectors(a.vector, b.vector);
  if (a.cloud.length === 0 && b.cloud.length === 0) return { vector, cloud: [] };
  return compact(vector, unionSorted(a.cloud, b.cloud, compareDots));
}

/**
 * The dot of the next update by `actor`; the context must hold all of its earlier ones. Throws `ClockOverflowError`
 * after 2^53 - 1 of them.
 */
export function nextDot(context: CausalContext, actor: string): Dot {
  let counter = counterOf(context.vector, actor);
  // A replica's own dots are contiguous; a cloud of its own name means a predecessor's, which must not be reused.
  for (const dot of context.cloud) if (dot[0] === actor) counter = Math.max(counter, dot[1]);
  return [actor, nextCounter(actor, counter)];
}

/** Reads a context, making it canonical, or throws `MalformedClockError` or `MalformedDeltaError`. */
export function parseContext(value: unknown, path: string): CausalContext {
  const fields = readObject(value, path);
  const vector = parseVector(fields.vector, `${path}.vector`);
  const cloud = readItems(fields.cloud, `${path}.cloud`).map((dot, i) =>
    parseDot(dot, `${path}.cloud[${i}]`),
  );
  return compact(vector, readAscending(cloud, compareDots, `${path}.cloud`));
}

/** Moves the dots (ascending) that join on to the vector into it. */
function compact(vector: Vector, dots: readonly Dot[]): CausalContext {
  const actors: string[] = [];
  const counters: number[] = [];
  const cloud: Dot[] = [];
  let actor: string | undefined;
  let reached = 0;
  const close = () => {
    if (actor === undefined || reached === 0) return;
    actors.push(actor);
    counters.push(reached);
  };
  for (const dot of dots) {
    if (dot[0] !== actor) {
      close();
      actor = dot[0];
      reached = counterOf(vector, actor);
    }
    if (dot[1] === reached + 1) reached++;
    else if (dot[1] > reached) cloud.push(dot);
  }
  close();
  return { vector: mergeVectors(vector, { actors, counters }), cloud };
}

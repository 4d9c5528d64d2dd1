import type { StepText } from '../engine/space.ts';
import { componentsOf } from './components.ts';
import type { StateGraph } from './stateGraph.ts';

/** A run without end that starts to need something and never gets it. */
export interface Lasso {
  readonly start: number;
  readonly steps: readonly StepText[];
  /** How many of the steps come before those that repeat for ever; all of them when the run stays where it is. */
  readonly loopsFrom: number;
}

/**
 * Looks for a run, weakly fair to every class of steps (a class that is enabled from some point on is taken again and again), in which a state
 * of `from` is followed by no state of `to`, itself included. Such a run ends up in one strongly connected component of the states
 * outside `to`, or stays in one state where nothing promised is enabled. Undefined when there is none.
 */
export function findLasso(graph: StateGraph, from: Uint8Array, to: Uint8Array): Lasso | undefined {
  const outside = to.map((there) => 1 - there);
  const component = componentsOf(graph, outside);
  const fair = fairComponents(graph, component);
  const reached = new Int32Array(graph.states).fill(-2);
  const queue: number[] = [];
  for (let state = 0; state < graph.states; state++) {
    if (from[state] === 0 || outside[state] === 0) continue;
    reached[state] = -1;
    queue.push(state);
  }
  const origins = new Map<number, number>();
  for (let at = 0; at < queue.length; at++) {
    const state = queue[at] as number;
    if (fair.has(component[state] as number)) return lasso(graph, component, reached, origins, state);
    const [first, end] = graph.range(state);
    for (let step = first; step < end; step++) {
      const target = graph.target(step);
      if (outside[target] === 0 || reached[target] !== -2) continue;
      reached[target] = step;
      origins.set(target, state);
      queue.push(target);
    }
  }
  return undefined;
}

interface Members {
  readonly states: number[];
  /** Per class, in how many states it is enabled, and a step of it within the component, -1 for none. */
  readonly enabled: Map<number, number>;
  readonly taken: Map<number, number>;
}

function membersOf(graph: StateGraph, component: Int32Array): Members[] {
  const all: Members[] = [];
  for (let state = 0; state < graph.states; state++) {
    const number = component[state] as number;
    if (number < 0) continue;
    const members = (all[number] ??= { states: [], enabled: new Map(), taken: new Map() });
    members.states.push(state);
    const [first, end] = graph.range(state);
    const classes = new Set<number>();
    for (let step = first; step < end; step++) {
      const fair = graph.fairClass(step);
      if (fair < 0) continue;
      classes.add(fair);
      if (component[graph.target(step)] === number) members.taken.set(fair, step);
    }
    for (const fair of classes) members.enabled.set(fair, (members.enabled.get(fair) ?? 0) + 1);
  }
  return all;
}

/** Components in which a run can stay for ever without neglecting a class: each is taken there, or somewhere disabled. */
function fairComponents(graph: StateGraph, component: Int32Array): Set<number> {
  const fair = new Set<number>();
  membersOf(graph, component).forEach(({ states, enabled, taken }, number) => {
    const neglected = [...enabled].some(([kind, count]) => count === states.length && !taken.has(kind));
    if (!neglected) fair.add(number);
  });
  return fair;
}

function lasso(
  graph: StateGraph,
  component: Int32Array,
  reached: Int32Array,
  origins: ReadonlyMap<number, number>,
  entry: number,
): Lasso {
  const middle: (readonly [number, number])[] = [];
  let at = entry;
  while ((reached[at] as number) >= 0) {
    const before = origins.get(at) as number;
    middle.push([before, reached[at] as number]);
    at = before;
  }
  const { start, steps } = graph.wayTo(at);
  const prefix = [...steps, ...middle.reverse()];
  const loop = cycle(graph, component, entry);
  return {
    start,
    steps: [...prefix, ...loop].map(([state, step]) => graph.describe(state, step)),
    loopsFrom: prefix.length,
  };
}

/** A way round a component, from a state back to it, that neglects no class. */
function cycle(graph: StateGraph, component: Int32Array, entry: number): (readonly [number, number])[] {
  const number = component[entry] as number;
  const { states, enabled, taken } = membersOf(graph, component)[number] as Members;
  const way: (readonly [number, number])[] = [];
  if (states.length === 1) return way;
  let at = entry;
  const goTo = (goal: (state: number) => boolean): void => {
    for (const [state, step] of shortestWithin(graph, component, number, at, goal)) {
      way.push([state, step]);
      at = graph.target(step);
    }
  };
  const visited = (): Set<number> => new Set([entry, ...way.map(([, step]) => graph.target(step))]);
  for (const kind of enabled.keys()) {
    const off = (state: number): boolean => !isEnabled(graph, state, kind);
    const done = [...visited()].some(off) || way.some(([, step]) => graph.fairClass(step) === kind);
    if (done) continue;
    const step = taken.get(kind);
    if (step === undefined) {
      goTo(off);
      continue;
    }
    const source = states.find((state) => graph.range(state)[0] <= step && step < graph.range(state)[1]);
    goTo((state) => state === source);
    way.push([at, step]);
    at = graph.target(step);
  }
  if (way.length === 0) {
    const [first, end] = graph.range(entry);
    for (let step = first; step < end && way.length === 0; step++)
      if (component[graph.target(step)] === number) way.push([entry, step]);
    at = graph.target((way[0] as readonly [number, number])[1]);
  }
  goTo((state) => state === entry);
  return way;
}

function isEnabled(graph: StateGraph, state: number, kind: number): boolean {
  const [first, end] = graph.range(state);
  for (let step = first; step < end; step++) if (graph.fairClass(step) === kind) return true;
  return false;
}

/** A shortest way within a component to a state that is a goal. */
function shortestWithin(
  graph: StateGraph,
  component: Int32Array,
  number: number,
  from: number,
  goal: (state: number) => boolean,
): (readonly [number, number])[] {
  const via = new Map<number, readonly [number, number] | undefined>([[from, undefined]]);
  for (const state of via.keys()) {
    if (goal(state)) {
      const way: (readonly [number, number])[] = [];
      for (let back = via.get(state); back !== undefined; back = via.get(back[0])) way.push(back);
      return way.reverse();
    }
    const [first, end] = graph.range(state);
    for (let step = first; step < end; step++) {
      const target = graph.target(step);
      if (component[target] === number && !via.has(target)) via.set(target, [state, step]);
    }
  }
  throw new RangeError('Cannot find a way within a component as it is not strongly connected');
}

import type { StateGraph } from './stateGraph.ts';

/**
 * The strongly connected components of the part of a graph whose states are `inside` (Tarjan 1972, without recursion): per state the
 * number of its component, -1 outside.
 */
export function componentsOf(graph: StateGraph, inside: Uint8Array): Int32Array {
  const { states } = graph;
  const component = new Int32Array(states).fill(-1);
  const order = new Int32Array(states).fill(-1);
  const low = new Int32Array(states);
  const next = new Int32Array(states);
  const open: number[] = [];
  const path: number[] = [];
  let visited = 0;
  let count = 0;
  const enter = (state: number): void => {
    order[state] = low[state] = visited++;
    next[state] = graph.range(state)[0];
    open.push(state);
    path.push(state);
  };
  const leave = (state: number): void => {
    path.pop();
    const below = path[path.length - 1];
    if (below !== undefined) low[below] = Math.min(low[below] as number, low[state] as number);
    if (low[state] !== order[state]) return;
    for (let member = open.pop(); member !== undefined; member = open.pop()) {
      component[member] = count;
      if (member === state) break;
    }
    count++;
  };
  for (let root = 0; root < states; root++) {
    if (inside[root] === 0 || order[root] !== -1) continue;
    enter(root);
    for (let state = path[path.length - 1]; state !== undefined; state = path[path.length - 1]) {
      const step = next[state] as number;
      if (step === graph.range(state)[1]) {
        leave(state);
        continue;
      }
      next[state] = step + 1;
      const target = graph.target(step);
      if (inside[target] === 0) continue;
      if (order[target] === -1) enter(target);
      else if (component[target] === -1) low[state] = Math.min(low[state] as number, order[target] as number);
    }
  }
  return component;
}

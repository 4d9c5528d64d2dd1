import type { CycleStep } from './place.ts';

/** Says what a node's operation did. */
export type Say = (node: number) => string;

/** Why a history breaks a promise. */
export interface Breach {
  /** The operation that cannot be explained. */
  readonly blocking: number;
  /** Nodes that show it; others may turn out to be needless too. */
  readonly core: readonly number[];
  /** The reason, in a sentence. */
  tell(say: Say): string;
}

/** What a judge of reads and writes found. */
export interface Judgement {
  /** Absent when the history holds. */
  readonly breach?: Breach;
  readonly steps: number;
  /** All nodes in the order found, where the promise is about one. */
  readonly order?: Int32Array;
}

/** A way from node to node: `a, then b, then c`. */
export function tellWay(nodes: readonly number[], say: Say): string {
  return nodes.map((v) => say(v)).join(', then ');
}

/** Each read on a cycle that puts one write behind another, in words. */
export function tellSeen(cycle: readonly CycleStep[], say: Say): string {
  return cycle
    .filter((step) => step.kind === 'seen')
    .map(
      (step) =>
        `${say(step.read)} when ${say(step.from)} had come before it, so that is older than what was read`,
    )
    .join('; ');
}

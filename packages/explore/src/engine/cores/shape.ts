import type { ResolvedBounds } from '../../bounds/bounds.ts';

/** What a bounded number of times may happen in a run. */
export type Budget = 'crashes' | 'timeouts' | 'drops' | 'duplicates' | 'requests';

/** All of them. */
export const BUDGETS: readonly Budget[] = ['crashes', 'timeouts', 'drops', 'duplicates', 'requests'];

/** What a model needs room for. */
export interface ShapeOptions {
  readonly bounds: ResolvedBounds;
  readonly history: boolean;
  readonly clients: number;
  readonly nodes: number;
  readonly ordered: boolean;
}

/**
 * Where things lie in the vector of a system's state: the history, what was used of each budget, clients, nodes' situations, then channels
 * (one queue per ordered pair of nodes, when messages keep their order) or the sorted bag of envelopes in flight.
 */
export class Shape {
  readonly history: number;
  readonly clients: number;
  readonly nodes: number;
  readonly channels: number;
  /** Where the bag starts. */
  readonly fixed: number;
  private readonly budgets: Readonly<Record<Budget, number>>;
  private readonly limits: Readonly<Record<Budget, number>>;

  constructor({ bounds, history, clients, nodes, ordered }: ShapeOptions) {
    let at = 0;
    this.history = history ? at++ : -1;
    // What may happen never or any number of times needs no counter.
    const slots = BUDGETS.map((budget) => {
      const limited = bounds[budget] > 0 && bounds[budget] !== Infinity;
      return [budget, limited ? at++ : -1] as const;
    });
    this.budgets = Object.fromEntries(slots) as Record<Budget, number>;
    this.limits = Object.fromEntries(BUDGETS.map((b) => [b, bounds[b]])) as Record<Budget, number>;
    this.clients = at;
    at += clients;
    this.nodes = at;
    at += nodes;
    this.channels = at;
    at += ordered ? nodes * nodes : 0;
    this.fixed = at;
  }

  /** The slot that counts a budget, or -1 when it needs none. */
  slot(budget: Budget): number {
    return this.budgets[budget];
  }

  /** What was used of each budget that is counted. */
  used(words: Int32Array, from: number): Record<string, number> {
    const counted = BUDGETS.filter((budget) => this.budgets[budget] >= 0);
    return Object.fromEntries(
      counted.map((budget) => [budget, words[from + this.budgets[budget]] as number]),
    );
  }

  /** Whether a budget allows one more. */
  allows(budget: Budget, words: Int32Array, from: number): boolean {
    const slot = this.budgets[budget];
    return slot < 0 ? this.limits[budget] > 0 : (words[from + slot] as number) < this.limits[budget];
  }
}

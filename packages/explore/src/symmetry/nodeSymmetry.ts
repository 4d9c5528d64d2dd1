import type { NodeId } from '@holdfast/protocols';

/** A renaming of nodes; 0, nobody, stays 0. */
export type Renaming = (node: NodeId) => NodeId;

/**
 * Which nodes may take each other's place, and how the model's values name nodes. Sound when the cores treat these nodes alike (no order
 * among ids decides anything), and properties and history do too: then states that differ by a renaming are one, and only
 * the least of each orbit is kept. Each function answers a new value and keeps lists that stand for sets in the order the core keeps them.
 */
export interface NodeSymmetry<M> {
  readonly nodes: readonly NodeId[];
  state(state: unknown, rename: Renaming, self: NodeId): unknown;
  message(message: M, rename: Renaming): M;
  /** Durable records; default: they name no node. */
  records?(records: Readonly<Record<string, unknown>>, rename: Renaming): Readonly<Record<string, unknown>>;
  /** The history; default: it names no node. */
  history?(history: unknown, rename: Renaming): unknown;
  /** Results held back until a store is durable; default: they name no node. */
  result?(result: unknown, rename: Renaming): unknown;
}

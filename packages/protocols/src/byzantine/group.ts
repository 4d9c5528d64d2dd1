import type { NodeId } from '../core/core.ts';
import { byzantineQuorum, toleratedByzantine } from '../quorum/faults.ts';

/** Who agrees, and how many of them may lie. */
export interface ByzantineGroup {
  /** Ascending. */
  readonly nodes: readonly NodeId[];
  /** f: how many may do whatever they like. */
  readonly faulty: number;
  /** The smallest number of nodes of which any two sets share a correct one: 2f + 1 when there are 3f + 1. */
  readonly quorum: number;
}

/** Thrown for options no Byzantine fault tolerant group can run with. */
export class ByzantineOptionsError extends RangeError {
  readonly code = 'BAD_BYZANTINE_OPTIONS';
  readonly option: string;
  readonly value: unknown;
  constructor(option: string, must: string, value: unknown) {
    super(
      `Cannot run a Byzantine fault tolerant group as ${option} must be ${must}: ` +
        `current value is ${JSON.stringify(value) ?? 'undefined'}; correct the options`,
    );
    this.name = 'ByzantineOptionsError';
    this.option = option;
    this.value = value;
  }
}

/**
 * Checks nodes and f (default: as many as the nodes tolerate) and gives the quorum. Throws `ByzantineOptionsError` unless nodes are
 * distinct positive integers and at least 3f + 1.
 */
export function byzantineGroup(nodes: readonly NodeId[], faulty?: number): ByzantineGroup {
  const sorted = [...nodes].sort((a, b) => a - b);
  const fit = sorted.length > 0 && sorted.every((id) => Number.isSafeInteger(id) && id > 0);
  if (!fit || new Set(sorted).size !== sorted.length) {
    throw new ByzantineOptionsError('nodes', 'distinct positive whole numbers, at least one', nodes);
  }
  const f = faulty ?? toleratedByzantine(sorted.length);
  if (!Number.isSafeInteger(f) || f < 0 || sorted.length < 3 * f + 1) {
    const most = toleratedByzantine(sorted.length);
    throw new ByzantineOptionsError(
      'faulty',
      `a whole number from 0 to ${most} with ${sorted.length} nodes`,
      f,
    );
  }
  return { nodes: sorted, faulty: f, quorum: byzantineQuorum(sorted.length, f) };
}

/** Throws `ByzantineOptionsError` unless the value is a whole number of at least 1. */
export function checkPositive(option: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new ByzantineOptionsError(option, 'a whole number of at least 1', value);
  }
}

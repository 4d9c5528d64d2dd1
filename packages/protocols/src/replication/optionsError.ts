import type { NodeId } from '../core/core.ts';

/** Thrown for options that no group of replicas can run with. */
export class ReplicationOptionsError extends RangeError {
  readonly code = 'BAD_REPLICATION_OPTIONS';
  readonly option: string;
  readonly value: unknown;
  constructor(option: string, must: string, value: unknown) {
    super(
      `Cannot replicate as ${option} must be ${must}: current value is ${JSON.stringify(value) ?? 'undefined'}; ` +
        'choose another one',
    );
    this.name = 'ReplicationOptionsError';
    this.option = option;
    this.value = value;
  }
}

/** Nodes in ascending order; throws `ReplicationOptionsError` unless they are distinct positive whole numbers, at least `least`. */
export function replicaNodes(option: string, nodes: readonly NodeId[], least = 1): readonly NodeId[] {
  const sorted = [...nodes].sort((a, b) => a - b);
  const fit = sorted.length >= least && sorted.every((id) => Number.isSafeInteger(id) && id > 0);
  if (!fit || new Set(sorted).size !== sorted.length) {
    throw new ReplicationOptionsError(option, `${least} or more distinct positive whole numbers`, nodes);
  }
  return sorted;
}

/** A whole number in [least, most]; throws `ReplicationOptionsError` naming the option otherwise. */
export function replicaCount(
  option: string,
  value: number,
  least = 1,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new ReplicationOptionsError(option, `a whole number from ${least} to ${most}`, value);
  }
  return value;
}

/** One of the listed words, or undefined; throws `ReplicationOptionsError` otherwise. */
export function replicaDefect<D extends string>(defects: readonly D[], defect: D | undefined): D | undefined {
  if (defect !== undefined && !defects.includes(defect)) {
    throw new ReplicationOptionsError('defect', `one of ${defects.join(', ')}`, defect);
  }
  return defect;
}

import type { NodeId } from '../core/core.ts';
import { BEN_OR_DEFECTS, type BenOrDefect } from './defects.ts';

/** What a group that decides one bit is asked to be. Durations are in milliseconds of the node's own clock. */
export interface BenOrOptions {
  /** All nodes; the same list everywhere. */
  readonly nodes: readonly NodeId[];
  /** How many may crash; below half of the nodes. Default: as many as may. */
  readonly faults?: number;
  /** A node that waits says again what it said last after this long: our network loses messages, the paper's does not. Default 50. */
  readonly resendMs?: number;
  /** Requests a node holds until the decision; beyond it they are refused. Default 1,000. */
  readonly maxWaiting?: number;
  /** Breaks the protocol on purpose. */
  readonly defect?: BenOrDefect | undefined;
}

/** Options with nothing left open. */
export type BenOrConfig = Readonly<Required<BenOrOptions>>;

/** Thrown for options no group can run with. */
export class BenOrOptionsError extends RangeError {
  readonly code = 'BAD_BEN_OR_OPTIONS';
  readonly option: string;
  readonly value: unknown;
  constructor(option: string, must: string, value: unknown) {
    super(
      `Cannot decide as ${option} must be ${must}: current value is ${JSON.stringify(value) ?? 'undefined'}; choose another`,
    );
    this.name = 'BenOrOptionsError';
    this.option = option;
    this.value = value;
  }
}

/** Validates options once and fills in what is left open. Throws `BenOrOptionsError`. */
export function benOrConfig(options: BenOrOptions): BenOrConfig {
  const nodes = [...options.nodes].sort((a, b) => a - b);
  const fit = nodes.length > 0 && nodes.every((id) => Number.isSafeInteger(id) && id > 0);
  if (!fit || new Set(nodes).size !== nodes.length) {
    throw new BenOrOptionsError('nodes', 'distinct positive whole numbers, at least one', nodes);
  }
  const most = Math.ceil(nodes.length / 2) - 1;
  const { faults = most, resendMs = 50, maxWaiting = 1_000, defect } = options;
  if (!Number.isSafeInteger(faults) || faults < 0 || faults > most) {
    throw new BenOrOptionsError(
      'faults',
      `a whole number from 0 to ${most}, below half of the nodes`,
      faults,
    );
  }
  for (const [name, value] of Object.entries({ resendMs, maxWaiting })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new BenOrOptionsError(name, 'a whole number of at least 1', value);
    }
  }
  if (defect !== undefined && !BEN_OR_DEFECTS.includes(defect)) {
    throw new BenOrOptionsError('defect', `one of ${BEN_OR_DEFECTS.join(', ')}`, defect);
  }
  return { nodes, faults, resendMs, maxWaiting, defect };
}

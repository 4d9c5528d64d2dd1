import type { NodeId } from '../core/core.ts';
import { SWIM_DEFECTS, type SwimDefect } from './defects.ts';

/** What a group of members is asked to be. Durations are in milliseconds of the member's own clock. */
export interface SwimOptions {
  /** All that may ever be members. */
  readonly nodes: readonly NodeId[];
  /** Those that are members from the start, and know each other. Default: all. */
  readonly founders?: readonly NodeId[];
  /** One member is probed in each protocol period. Default 100. */
  readonly periodMs?: number;
  /** How long to wait for an answer before others are asked; below the period. Default 30. */
  readonly ackTimeoutMs?: number;
  /** How many are asked to probe in one's stead (k of the paper). Default 3. */
  readonly indirectProbes?: number;
  /** Periods a suspicion lasts at least, per doubling of the group. Default 1. */
  readonly suspicionFactor?: number;
  /** Lifeguard: how many times longer a suspicion lasts that nobody else confirms. Default 4. */
  readonly suspicionStretch?: number;
  /** Lifeguard: how many confirmations shorten it to the least. Default 3. */
  readonly confirmations?: number;
  /** A member passes an update on this many times, per doubling of the group (lambda of the paper). Default 2. */
  readonly retransmitFactor?: number;
  /** Most updates on one message. Default 6. */
  readonly maxUpdates?: number;
  /** A whole exchange with somebody, dead ones included, every so many periods; 0 for never. Default 20. */
  readonly syncEvery?: number;
  /** Local health, dogpile and buddy (Dadgar, Phillips and Currey 2017). Default true. */
  readonly lifeguard?: boolean;
  /** Breaks the protocol on purpose. */
  readonly defect?: SwimDefect | undefined;
}

/** Options with nothing left open. */
export type SwimConfig = Readonly<Required<SwimOptions>>;

/** Local health goes from 0, well, to this, and stretches period and timeout up to one more times (Lifeguard, section 4.1). */
export const WORST_HEALTH = 8;

/** Thrown for options no group can run with. */
export class SwimOptionsError extends RangeError {
  readonly code = 'BAD_SWIM_OPTIONS';
  readonly option: string;
  readonly value: unknown;
  constructor(option: string, must: string, value: unknown) {
    super(
      `Cannot keep a membership as ${option} must be ${must}: current value is ${JSON.stringify(value) ?? 'undefined'}; choose another`,
    );
    this.name = 'SwimOptionsError';
    this.option = option;
    this.value = value;
  }
}

/** Least value of each whole number. */
const LEAST = {
  periodMs: 2,
  ackTimeoutMs: 1,
  indirectProbes: 0,
  suspicionFactor: 1,
  suspicionStretch: 1,
  confirmations: 1,
  retransmitFactor: 1,
  maxUpdates: 1,
  syncEvery: 0,
} as const satisfies Partial<Record<keyof SwimOptions, number>>;

/** Validates options once and fills in what is left open. Throws `SwimOptionsError`. */
export function swimConfig(options: SwimOptions): SwimConfig {
  const nodes = sorted('nodes', options.nodes);
  const founders = sorted('founders', options.founders ?? nodes);
  if (founders.some((id) => !nodes.includes(id))) {
    throw new SwimOptionsError('founders', 'among nodes', founders);
  }
  const config: SwimConfig = {
    periodMs: 100,
    ackTimeoutMs: 30,
    indirectProbes: 3,
    suspicionFactor: 1,
    suspicionStretch: 4,
    confirmations: 3,
    retransmitFactor: 2,
    maxUpdates: 6,
    syncEvery: 20,
    lifeguard: true,
    ...options,
    nodes,
    founders,
    defect: options.defect,
  };
  for (const [name, least] of Object.entries(LEAST)) {
    const value = config[name as keyof typeof LEAST];
    if (!Number.isSafeInteger(value) || value < least) {
      throw new SwimOptionsError(name, `a whole number of at least ${least}`, value);
    }
  }
  if (config.ackTimeoutMs >= config.periodMs) {
    throw new SwimOptionsError('ackTimeoutMs', `below periodMs, ${config.periodMs}`, config.ackTimeoutMs);
  }
  if (config.defect !== undefined && !SWIM_DEFECTS.includes(config.defect)) {
    throw new SwimOptionsError('defect', `one of ${SWIM_DEFECTS.join(', ')}`, config.defect);
  }
  return config;
}

function sorted(name: string, list: readonly NodeId[]): readonly NodeId[] {
  const nodes = [...list].sort((a, b) => a - b);
  const fit = nodes.length > 0 && nodes.every((id) => Number.isSafeInteger(id) && id > 0);
  if (!fit || new Set(nodes).size !== nodes.length) {
    throw new SwimOptionsError(name, 'distinct positive whole numbers, at least one', nodes);
  }
  return nodes;
}

/** How often a group of this size doubled from nothing: 3 for 4 to 7 members. Exact, unlike a logarithm. */
export function doublings(members: number): number {
  return 32 - Math.clz32(members);
}

/** How often a member passes one update on, in a group of this size. */
export function retransmitLimit(config: SwimConfig, members: number): number {
  return config.retransmitFactor * doublings(members);
}

import type { NodeId } from '../core/core.ts';
import { FAILOVER_DEFECTS, type FailoverDefect } from './defects.ts';
import {
  AUTHORITY_SYSTEMS,
  type AuthoritySystem,
  SPLIT_BRAIN_PREVENTIONS,
  type SplitBrainPrevention,
} from './systems.ts';

/** What happens when the leader is not heard any more. */
export type FailoverPolicy =
  /** The other goes on at once, and so does the leader: whoever has clients serves them. */
  | 'both-writable'
  /** The other takes over by the preventions that are on. */
  | 'single-authority'
  /** Nobody takes over; the leader stops when it hears no majority. */
  | 'read-only'
  /** Nobody takes over until an operator says so. */
  | 'manual-gate';

/** What a pair with failover is asked to be. Durations are in milliseconds of the node's own clock. */
export interface FailoverOptions {
  /** The two that may lead; the first does at the beginning. */
  readonly pair: readonly [NodeId, NodeId];
  /** The third vote. */
  readonly witness: NodeId;
  /** What both sides share. */
  readonly shared: NodeId;
  /** Cuts the power of a node when told to. */
  readonly powerSwitch: NodeId;
  /** Default `database-primary`. */
  readonly system?: AuthoritySystem;
  /** Default `single-authority`. */
  readonly policy?: FailoverPolicy;
  /** Default all seven. */
  readonly preventions?: readonly SplitBrainPrevention[];
  /** Time between a leader's words to the others. Default 40. */
  readonly beatMs?: number;
  /** A leader not heard for this long is given up; above `closeMs`. Default 400. */
  readonly watchMs?: number;
  /** A leader that hears no majority for this long stops, if it fails closed. Default 250. */
  readonly closeMs?: number;
  /** Breaks the protocol on purpose. */
  readonly defect?: FailoverDefect | undefined;
}

/** Options with nothing left open. */
export type FailoverConfig = Readonly<Required<FailoverOptions>>;

/** Thrown for options no pair can run with. */
export class FailoverOptionsError extends RangeError {
  readonly code = 'BAD_FAILOVER_OPTIONS';
  readonly option: string;
  readonly value: unknown;
  constructor(option: string, must: string, value: unknown) {
    super(
      `Cannot fail over as ${option} must be ${must}: ` +
        `current value is ${JSON.stringify(value) ?? 'undefined'}; choose another`,
    );
    this.name = 'FailoverOptionsError';
    this.option = option;
    this.value = value;
  }
}

const POLICIES: readonly FailoverPolicy[] = ['both-writable', 'single-authority', 'read-only', 'manual-gate'];

/** Validates options once and fills in what is left open. Throws `FailoverOptionsError`. */
export function failoverConfig(options: FailoverOptions): FailoverConfig {
  const { pair, witness, shared, powerSwitch, defect } = options;
  const nodes = [...pair, witness, shared, powerSwitch];
  if (new Set(nodes).size !== 5 || !nodes.every((id) => Number.isSafeInteger(id) && id > 0)) {
    throw new FailoverOptionsError('nodes', 'five distinct positive whole numbers', nodes);
  }
  const config: FailoverConfig = {
    pair,
    witness,
    shared,
    powerSwitch,
    system: oneOf(
      'system',
      Object.keys(AUTHORITY_SYSTEMS) as AuthoritySystem[],
      options.system ?? 'database-primary',
    ),
    policy: oneOf('policy', POLICIES, options.policy ?? 'single-authority'),
    preventions: (options.preventions ?? SPLIT_BRAIN_PREVENTIONS).map((name) =>
      oneOf('preventions', SPLIT_BRAIN_PREVENTIONS, name),
    ),
    beatMs: whole('beatMs', options.beatMs ?? 40),
    watchMs: whole('watchMs', options.watchMs ?? 400),
    closeMs: whole('closeMs', options.closeMs ?? 250),
    defect: defect === undefined ? undefined : oneOf('defect', FAILOVER_DEFECTS, defect),
  };
  if (config.closeMs <= config.beatMs) {
    throw new FailoverOptionsError('closeMs', 'above beatMs', config.closeMs);
  }
  if (config.watchMs <= config.closeMs + config.beatMs) {
    throw new FailoverOptionsError('watchMs', 'above closeMs and beatMs together', config.watchMs);
  }
  return config;
}

/** Whether a prevention is on. */
export function prevents({ preventions, policy }: FailoverConfig, name: SplitBrainPrevention): boolean {
  // Whoever lets both sides write has let go of the rest.
  return policy !== 'both-writable' && preventions.includes(name);
}

function oneOf<T extends string>(option: string, all: readonly T[], value: T): T {
  if (all.includes(value)) return value;
  throw new FailoverOptionsError(option, `one of ${all.join(', ')}`, value);
}

function whole(option: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new FailoverOptionsError(option, 'a whole number of at least 1', value);
}

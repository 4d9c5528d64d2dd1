import {
  fencedLease,
  type FencedLeaseOptions,
  isServing,
  type LeaseCommand,
  type LeaseDefect,
  type LeaseMessage,
  type LeaseResult,
  type LeaseState,
} from '@holdfast/protocols';
import type { Spec } from '../engine/spec/spec.ts';
import { driftPpm } from '../timed/clock.ts';
import type { TimedEvent, TimedState, TimedSystem, TimedView } from '../timed/system.ts';
import { timedSpec } from '../timed/timedSpec.ts';

/** What is remembered of a run of leases. */
export interface LeasePast {
  /** Who had each token. */
  readonly owners: Readonly<Record<number, number>>;
  /** The highest token under which the resource carried out a call. */
  readonly accepted: number;
  readonly tokenHadTwice: boolean;
  readonly behindHigher: boolean;
}

/** A lease service to explore in discrete time: one resource, two holders, and what may go wrong. */
export interface LeaseSystem
  extends Partial<
    Pick<
      TimedSystem<LeaseMessage, LeaseCommand, LeaseResult, LeasePast>,
      'ticks' | 'delayTicks' | 'inFlight' | 'crashes' | 'suspensions' | 'duplicates'
    >
  > {
  readonly name: string;
  readonly defect?: LeaseDefect;
  /** Default 1. */
  readonly granters?: number;
  /** Whether the holders' clocks are slow and the granters' fast, by a quarter: the worst there is. Default false. */
  readonly drift?: boolean;
  /** What may crash. Default nobody. */
  readonly mayCrash?: 'granters' | 'resource';
  /** What the holders' timers do while their host is suspended. Where they stop, two may act at a time, and fencing alone is judged. Default `continues`. */
  readonly onSuspend?: 'stops' | 'continues';
  /** Writes asked of each holder while it serves. Default 0. */
  readonly writes?: number;
  readonly options?: Partial<FencedLeaseOptions>;
}

const CLOCKS_ERR_EVERY = 4;
const NOTHING: LeasePast = { owners: {}, accepted: 0, tokenHadTwice: false, behindHigher: false };

/** The lease and fencing core itself in discrete time: one holder at a time, one holder a token, tokens only rise at the resource. */
export function leaseSystem(system: LeaseSystem): Spec<TimedState<LeaseMessage, LeasePast>> {
  const { name, defect, granters = 1, drift = false, mayCrash, writes = 0, options = {} } = system;
  const ids = Array.from({ length: granters }, (_, i) => i + 1);
  const resource = granters + 1;
  const holders = [granters + 2, granters + 3];
  const core = fencedLease({
    granters: ids,
    resource,
    holders,
    leaseMs: 3,
    renewMs: 2,
    retryMs: 1,
    resendMs: 100,
    granularityMs: 1,
    maxDriftPpm: drift ? driftPpm(CLOCKS_ERR_EVERY) : 0,
    ...options,
    defect,
  });
  const stops = defect === 'clock-stops-in-suspend';
  const { onSuspend = stops ? 'stops' : 'continues' } = system;
  return timedSpec<LeaseMessage, LeaseCommand, LeaseResult, LeasePast>({
    name,
    nodes: [
      ...ids.map((id) => ({
        id,
        core,
        mayCrash: mayCrash === 'granters',
        ...(drift ? { clocks: ['fast'] as const } : {}),
      })),
      { id: resource, core, mayCrash: mayCrash === 'resource' },
      ...holders.map((id) => ({
        id,
        core,
        suspend: onSuspend,
        ...(drift ? { clocks: ['slow'] as const } : {}),
      })),
    ],
    clocksErrEvery: CLOCKS_ERR_EVERY,
    ticks: system.ticks ?? 8,
    delayTicks: system.delayTicks ?? 1,
    inFlight: system.inFlight ?? 3,
    crashes: system.crashes ?? 0,
    suspensions: system.suspensions ?? 0,
    duplicates: system.duplicates ?? 0,
    requests: holders.flatMap((to) =>
      Array.from({ length: writes }, (_, i) => ({
        to,
        command: { client: 0, sequence: 0, operation: { f: 'put', key: 'x', value: 10 * to + i } } as const,
        when: (state: unknown) => isServing(state as LeaseState),
      })),
    ),
    past: NOTHING,
    remember,
    always: {
      ...(onSuspend === 'continues' || stops
        ? { 'one holder at a time': (nodes: readonly TimedView[]) => nodes.filter(acts).length < 2 }
        : {}),
      'one holder a token': (_, { tokenHadTwice }) => !tokenHadTwice,
      'tokens only rise at the resource': (_, { behindHigher }) => !behindHigher,
    },
    reachable: {
      'the lease changes hands': (_, { owners }) => new Set(Object.values(owners)).size === 2,
    },
  });
}

/** A holder that would act under its lease now. */
function acts({ acts, state }: TimedView): boolean {
  const own = state as LeaseState | null;
  return acts && own?.role === 'holder' && own.held > 0;
}

function remember(past: LeasePast, event: TimedEvent<LeaseResult>): LeasePast {
  if (event.kind !== 'note') return past;
  const { token } = (event.data ?? {}) as { readonly token?: number };
  if (token === undefined) return past;
  if (event.note === 'acquired') {
    const { [token]: owner } = past.owners;
    const tokenHadTwice = past.tokenHadTwice || owner !== undefined;
    return { ...past, owners: { ...past.owners, [token]: event.node }, tokenHadTwice };
  }
  if (event.note !== 'accepted') return past;
  const behindHigher = past.behindHigher || token < past.accepted;
  return { ...past, accepted: Math.max(past.accepted, token), behindHigher };
}

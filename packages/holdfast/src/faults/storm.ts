import { ExperimentError } from '../experiment/errors.ts';
import { requireTime } from './partition.ts';
import type { FaultDraft, FaultSpec } from './spec.ts';

/** The same kind of fault again and again. */
export interface StormOptions {
  readonly fault: 'crash' | 'pause' | 'suspend' | 'isolate' | 'disk-slow' | 'slow-link';
  /** Where: a random server each time, whoever leads, or all servers at once. */
  readonly on: 'any' | 'leader' | 'all';
  /** Gap between strikes, drawn from this range. */
  readonly everyMs: readonly [number, number];
  /** How long each lasts, drawn from this range. */
  readonly forMs: readonly [number, number];
  /** `disk-slow`, `slow-link`: how many times slower. Default 50. */
  readonly factor?: number;
}

/** Most strikes one storm may plan. */
const MAX_STRIKES = 100_000;

/** Strikes all through the fault phase: for bugs that need several mishaps close together. */
export function storm(options: StormOptions): FaultSpec {
  const { fault, on, everyMs, forMs } = options;
  for (const [name, [min, max]] of [
    ['everyMs', everyMs],
    ['forMs', forMs],
  ] as const) {
    requireTime(`storm.${name}[0]`, min, 0.001);
    requireTime(`storm.${name}[1]`, max, min);
  }
  return {
    name: `storm of ${fault} on ${on}`,
    kinds: [fault === 'isolate' ? 'partition' : fault],
    hosts: [],
    plan: ({ choices, servers, clients, fromUs, untilUs }) => {
      const drafts: FaultDraft[] = [];
      let atUs = fromUs;
      for (;;) {
        atUs += choices.between(Math.round(everyMs[0] * 1000), Math.round(everyMs[1] * 1000), 'gap');
        const forUs = choices.between(Math.round(forMs[0] * 1000), Math.round(forMs[1] * 1000), 'length');
        if (atUs + forUs >= untilUs) return drafts;
        const hosts = on === 'all' ? servers : [on === 'leader' ? 'leader' : choices.pick(servers, 'victim')];
        for (const host of hosts) drafts.push(...strike(options, host, { atUs, forUs }, clients));
        if (drafts.length > MAX_STRIKES) {
          throw new ExperimentError(
            'storm.everyMs',
            `gives more than ${MAX_STRIKES} strikes in this run`,
            'widen the gap',
          );
        }
      }
    },
  };
}

function strike(
  options: StormOptions,
  host: string,
  span: { readonly atUs: number; readonly forUs: number },
  clients: readonly string[],
): FaultDraft[] {
  switch (options.fault) {
    case 'isolate': {
      // Half of the clients stay with the host that is cut off: somebody must ask it.
      const near = clients.filter((_, i) => i % 2 === 0);
      return [{ kind: 'partition', groups: [[host, ...near]], unlisted: 'rest', ...span }];
    }
    case 'disk-slow':
      return [{ kind: 'disk-slow', host, amount: options.factor ?? 50, ...span }];
    case 'slow-link':
      return [{ kind: 'slow-link', hosts: [host], amount: options.factor ?? 50, ...span }];
    default:
      return [{ kind: options.fault, host, ...span }];
  }
}

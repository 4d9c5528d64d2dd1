import { ExperimentError } from '../experiment/errors.ts';
import type { FaultSpec } from './spec.ts';

/** Something that is wrong all the time until everything heals. */
export interface SteadyOptions {
  readonly fault: 'loss' | 'duplicate' | 'reorder' | 'slow-disks' | 'power-failures';
  /** Chance per packet for loss, duplicate and reorder, above 0 and at most 1. */
  readonly probability?: number;
  /** `reorder`: how long a packet may be held back. Default 50. */
  readonly holdMs?: number;
  /** `slow-disks`: how many times slower. Default 50. */
  readonly factor?: number;
}

/** The same trouble from the start of the fault phase to its end. With `power-failures` a crash loses what was not synced. */
export function steady(options: SteadyOptions): FaultSpec {
  const { fault, probability = 0.1, holdMs = 50, factor = 50 } = options;
  if (!(probability > 0 && probability <= 1)) {
    throw new ExperimentError(
      'steady.probability',
      `must be above 0 and at most 1: current value is ${probability}`,
      'give a chance per packet',
    );
  }
  const kind = fault === 'slow-disks' ? 'disk-slow' : fault === 'power-failures' ? 'disk-lost-writes' : fault;
  return {
    name: `steady ${fault}`,
    kinds: [kind],
    hosts: [],
    plan: ({ servers, fromUs, untilUs }) => {
      const span = { atUs: fromUs, forUs: untilUs - fromUs };
      switch (fault) {
        case 'power-failures':
          return servers.map((host) => ({ kind: 'disk-lost-writes', host, ...span }));
        case 'slow-disks':
          return servers.map((host) => ({ kind: 'disk-slow', host, amount: factor, ...span }));
        default:
          return [{ kind: fault, hosts: [], probability, holdUs: Math.round(holdMs * 1000), ...span }];
      }
    },
  };
}

import { MAX_DRIFT_PPM } from '@holdfast/world';
import { ExperimentError } from '../experiment/errors.ts';
import type { FaultSpec } from './spec.ts';

/** Every server's clock runs at a rate of its own all through the fault phase: up to `ppm` parts per million fast or slow. */
export function drift(ppm: number): FaultSpec {
  if (!(ppm > 0 && ppm <= MAX_DRIFT_PPM)) {
    throw new ExperimentError(
      'drift.ppm',
      `must be above 0 and at most ${MAX_DRIFT_PPM}: current value is ${ppm}`,
      'give parts per million',
    );
  }
  return {
    name: `clocks up to ${ppm} ppm off`,
    kinds: ['clock-drift'],
    hosts: [],
    plan: ({ choices, servers, fromUs, untilUs }) =>
      servers.map((host) => ({
        kind: 'clock-drift',
        host,
        // Most clocks are worse than the middle: what needs two bad ones is seen soon.
        amount: choices.pick([-ppm, -ppm / 2, 0, ppm / 2, ppm], 'drift'),
        atUs: fromUs,
        forUs: untilUs - fromUs,
      })),
  };
}

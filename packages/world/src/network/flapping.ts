import type { Stream } from '../choices/stream.ts';
import { assertWhole } from '../models/optionError.ts';

/** A cut that comes and goes. */
export interface FlappingOptions {
  /** When the first cut begins. */
  readonly startUs: number;
  readonly downUs: number;
  readonly upUs: number;
  /** How often it goes down. */
  readonly times: number;
  /** Each phase may last up to this much longer, drawn; 0 draws nothing. */
  readonly jitterUs: number;
}

/** One change of a flapping cut. */
export interface FlapStep {
  readonly atUs: number;
  readonly action: 'cut' | 'heal';
}

/** How often a cut may flap. */
export const MAX_FLAPS = 100_000;

/** The whole schedule, in time order; it always ends with a heal. Throws `BadOptionError` naming a field out of range. */
export function flappingSchedule(options: FlappingOptions, stream: Stream): readonly FlapStep[] {
  assertWhole('startUs', options.startUs, 0, Number.MAX_SAFE_INTEGER);
  assertWhole('downUs', options.downUs, 1, Number.MAX_SAFE_INTEGER);
  assertWhole('upUs', options.upUs, 1, Number.MAX_SAFE_INTEGER);
  assertWhole('times', options.times, 1, MAX_FLAPS);
  assertWhole('jitterUs', options.jitterUs, 0, 0xffff_fffe);
  const steps: FlapStep[] = [];
  let atUs = options.startUs;
  for (let i = 0; i < options.times; i++) {
    steps.push({ atUs, action: 'cut' });
    atUs += options.downUs + stream.between(0, options.jitterUs, 'flap-down');
    steps.push({ atUs, action: 'heal' });
    atUs += options.upUs + stream.between(0, options.jitterUs, 'flap-up');
  }
  return steps;
}

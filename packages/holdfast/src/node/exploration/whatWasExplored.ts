import { encodePlain } from '@holdfast/plain';
import type { ExploredExperiment } from '../../exploring/experimentModel.ts';

/** In sentences, what was made of an experiment, and what of it was not looked at. */
export function whatWasExplored({ nodes, calls, unjudged, leftOut }: ExploredExperiment): string[] {
  const asked = calls.map(
    ({ f, key, input }, i) => `C${i + 1} ${f} ${key}${input === null ? '' : ` ${encodePlain(input)}`}`,
  );
  return [
    `${nodes} nodes; ${asked.length === 0 ? 'nobody asks anything' : `clients ask any of them, once each: ${asked.join('; ')}`}.`,
    ...(leftOut.length === 0 ? [] : [`Faults of the experiment that are not made: ${leftOut.join(', ')}.`]),
    ...(unjudged.length === 0 ? [] : [`Not judged in states, only in simulation: ${unjudged.join(', ')}.`]),
  ];
}

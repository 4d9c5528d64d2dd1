import type { History } from '../../src/history/operation.ts';
import { LITMUS_BOUNDS } from '../../src/litmus/histories.ts';
import type { ConsistencyName } from '../../src/litmus/spectrum.ts';
import type { Model } from '../../src/models/model.ts';
import {
  isCausal,
  isCausalMemory,
  isConverging,
  isPram,
  isSequential,
  type Reference,
  someReading,
} from '../causal/reference.ts';
import { bruteForce } from '../linearizable/bruteForce.ts';
import { keepsGuarantee } from '../sessions/reference.ts';
import { isRegular, isStaleAtMost } from '../staleness/reference.ts';

/** What the definitions, read out loud, say of a small history, under the bounds of the litmus histories. */
export function definitionHolds<S>(history: History, name: ConsistencyName, model: Model<S>): boolean {
  const some = (holds: (reading: Reference) => boolean): boolean => someReading(history, model, holds);
  switch (name) {
    case 'linearizable':
      return bruteForce(history, model);
    case 'sequential':
      return some(isSequential);
    case 'causal':
      return some(isCausal);
    case 'causal-memory':
      return some(isCausalMemory);
    case 'causal-convergence':
      return some(isConverging);
    case 'pram':
      return some(isPram);
    case 'read-your-writes':
    case 'monotonic-reads':
    case 'monotonic-writes':
    case 'writes-follow-reads':
      return some((reading) => keepsGuarantee(reading, name));
    case 'regular':
    case 'safe':
      return isRegular(history, model, name);
    case 'bounded-versions':
      return isStaleAtMost(history, model, LITMUS_BOUNDS.versions);
    case 'bounded-time':
      return isStaleAtMost(history, model, 0, LITMUS_BOUNDS.within);
    case 'eventual':
      return some(() => true);
  }
}

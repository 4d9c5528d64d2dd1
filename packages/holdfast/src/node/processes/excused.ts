import { worstStatus } from '@holdfast/check';
import type { Experiment } from '../../experiment/experiment.ts';
import type { RunResult } from '../../simulate/result.ts';

/** A machine that was late by this share of the time allowed cannot be told from a group that was. */
const SHARE = 4;

/** Promises that say how soon something must be. */
const IN_TIME: readonly string[] = ['liveness after healing'];

/**
 * What a run on processes came to where the machine itself was so late that promises about time cannot be held against the group: those that
 * are violated are undecided then. All others are judged as they are.
 */
export function excused(result: RunResult, { bounds }: Experiment, latestMs: number): RunResult {
  if (latestMs * SHARE < bounds.recoverWithinMs) return result;
  const verdicts = result.verdicts.map((verdict) =>
    verdict.status === 'violated' && IN_TIME.includes(verdict.promise)
      ? {
          ...verdict,
          status: 'undecided' as const,
          reason: `${verdict.reason}; but this machine was up to ${Math.round(latestMs)} ms late itself`,
        }
      : verdict,
  );
  return { ...result, verdicts, status: worstStatus(verdicts) };
}

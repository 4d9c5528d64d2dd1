import { describe, expect, it } from 'vitest';
import { excused } from '../../src/node/processes/excused.ts';
import type { Experiment } from '../../src/experiment/experiment.ts';
import type { RunResult } from '../../src/simulate/result.ts';

const evidence = { examined: 1, steps: 1 };
const late = {
  promise: 'liveness after healing',
  status: 'violated',
  reason: 'it was late',
  evidence,
} as const;
const lost = { promise: 'linearizability', status: 'violated', reason: 'it was lost', evidence } as const;
const experiment = { bounds: { simulatedSeconds: 8, recoverWithinMs: 2_000 } } as Experiment;
const ran = (verdicts: RunResult['verdicts']): RunResult => ({ verdicts, status: 'violated' }) as RunResult;

describe('a run on a machine that was late', () => {
  it('decides nothing about time, and all about safety', () => {
    const result = excused(ran([late, lost]), experiment, 600);
    expect(result.verdicts.map(({ status }) => status)).toEqual(['undecided', 'violated']);
    expect(result.verdicts[0]?.reason).toBe('it was late; but this machine was up to 600 ms late itself');
    expect(result.status).toBe('violated');
    expect(excused(ran([late]), experiment, 600).status).toBe('undecided');
  });

  it('is judged as it is when the machine was hardly late', () => {
    expect(excused(ran([late]), experiment, 400)).toEqual(ran([late]));
  });
});

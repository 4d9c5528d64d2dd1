import { describe, expect, it } from 'vitest';
import { CONSENSUS_USES, gradeConsensusUses, type NeededRun } from '../../src/consensus/index.ts';
import { expectTranscript } from '../support/transcript.ts';
import { NEEDED_RUNS } from './neededRuns.ts';

const show = (run: NeededRun): readonly string[] => NEEDED_RUNS[run]().lines;
const answers = (right: boolean): Record<string, boolean> =>
  Object.fromEntries(CONSENSUS_USES.map(({ use, needed }) => [use, needed === right]));

describe('when consensus is needed', () => {
  it('S1.45 seven uses need it and five do not, each with a run that shows what the wrong answer costs', () => {
    expect(CONSENSUS_USES.filter(({ needed }) => needed)).toHaveLength(7);
    expect(CONSENSUS_USES.filter(({ needed }) => !needed)).toHaveLength(5);
    expect(new Set(CONSENSUS_USES.map(({ run }) => run)).size).toBe(12);
    for (const { use, run } of CONSENSUS_USES) {
      expect(NEEDED_RUNS[run]().shown, `${use}: ${run}`).toBe(true);
    }
  });

  it('S1.45 the grader explains each wrong answer by its run, and says why of the right ones', () => {
    const right = gradeConsensusUses(answers(true), show);
    expect(right.every((graded) => graded.right && graded.because.length === 1)).toBe(true);
    const wrong = gradeConsensusUses(answers(false), show);
    expect(wrong.some((graded) => graded.right)).toBe(false);
    expect(wrong.every(({ because }) => because.length > 1)).toBe(true);
    // An answer that is not given is none.
    expect(gradeConsensusUses({}, show).filter((graded) => graded.right)).toEqual([]);
    const lines = CONSENSUS_USES.flatMap(({ use, needed }, i) => [
      `${use}: consensus is ${needed ? 'needed' : 'not needed'}`,
      ...(wrong[i]?.because ?? []).map((line) => `    ${line}`),
    ]);
    expectTranscript('consensus-needed', lines);
  });
});

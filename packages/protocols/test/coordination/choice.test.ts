import { describe, expect, it } from 'vitest';
import { COORDINATION_CHOICES } from '../../src/coordination/index.ts';
import { expectTranscript } from '../support/transcript.ts';
import { COUNTER_RUNS } from './counterRuns.ts';

describe('the choice of a coordination service', () => {
  it('S4.27 each wrong answer names a run, the run fails as it says, and the right answer holds in it', () => {
    const lines: string[] = [];
    const used = new Set<string>();
    for (const { question, right, why, wrong } of COORDINATION_CHOICES) {
      lines.push(`? ${question}`, ...right.map((answer) => `  right: ${answer}`), `    ${why}`);
      for (const { answer, because, run } of wrong) {
        const shown = COUNTER_RUNS[run]();
        used.add(run);
        lines.push(`  wrong: ${answer}`, `    ${because} (${run})`);
        lines.push(...shown.lines.map((line) => `      ${line}`));
        expect(shown.failed, `${run}: the wrong answer fails`).toBe(true);
        expect(shown.rightHolds, `${run}: the right answer holds`).toBe(true);
      }
      expect(wrong.length).toBeGreaterThan(0);
    }
    expect(used.size).toBe(Object.keys(COUNTER_RUNS).length);
    expectTranscript('coordination-choice', lines);
  });
});

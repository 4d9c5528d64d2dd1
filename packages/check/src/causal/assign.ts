import type { Judgement } from './breach.ts';
import { IGNORED, type Reading, type Registers } from './registers.ts';

/** Judges reads and writes whose sources are known. A read fewer never makes a history worse. */
export type RegisterJudge = (registers: Registers) => Judgement;

/** What came of judging a history in which values may repeat. */
export interface AssignedJudgement extends Judgement {
  /** False when the budget was spent before every way to assign sources was tried. */
  readonly decided: boolean;
}

/**
 * Judges a reading. Where a value was written more than once, every write it may have come from is tried, read by read, and a
 * way that fails early is not followed further; until one explains the history or the steps are spent.
 */
export function judgeReading(reading: Reading, judge: RegisterJudge, stepBudget: number): AssignedJudgement {
  const { registers, ambiguous } = reading;
  const first = judge(registers);
  if (first.breach !== undefined || ambiguous.length === 0) return { ...first, decided: true };
  const source = registers.source.slice();
  const assigned: Registers = { ...registers, source };
  const choices: number[] = [];
  let { steps } = first;
  let last = first;
  // Depth first: `choices` are the sources tried, one for each read so far.
  let next = 0;
  for (;;) {
    const read = ambiguous[choices.length];
    if (read === undefined) return { ...last, steps, decided: true };
    const candidate = read.sources[next];
    if (candidate === undefined) {
      source[read.node] = IGNORED;
      const back = choices.pop();
      if (back === undefined) return { ...last, steps, decided: true };
      next = back + 1;
      continue;
    }
    if (steps >= stepBudget) return { steps, decided: false };
    source[read.node] = candidate;
    const found = judge(assigned);
    steps += found.steps;
    if (found.breach === undefined) {
      choices.push(next);
      next = 0;
      last = found;
    } else {
      last = found;
      next++;
    }
  }
}

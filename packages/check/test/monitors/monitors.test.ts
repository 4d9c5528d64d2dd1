import { describe, expect, it } from 'vitest';
import type { History, Operation } from '../../src/history/operation.ts';
import { checkLinearizable } from '../../src/linearizable/check.ts';
import { insistOn } from '../../src/linearizable/minimise.ts';
import { replayOrder } from '../../src/linearizable/replay.ts';
import { checkObject } from '../../src/monitors/checkObject.ts';
import { bruteForce } from '../linearizable/bruteForce.ts';
import { randomHistory, type Shape, smallShape } from '../linearizable/generate.ts';
import { Random } from '../linearizable/random.ts';
import { subjectOf, unambiguous } from './subjects.ts';

// `npm run fuzz -- monitors` runs as many as wanted.
const CASES = 1_500;

function longerShape(random: Random): Shape {
  return {
    operations: 8 + random.below(14),
    processes: 2 + random.below(4),
    unknown: random.below(2) * random.below(30),
    wrong: random.below(10),
    ticks: 1 + random.below(6),
  };
}

describe.each(Object.entries(unambiguous))('%s', (name, unit) => {
  it(`agrees with the general search on ${CASES} random histories, and with brute force on the short ones`, () => {
    const seen = { holds: 0, violated: 0, undecided: 0, bySpecialist: 0, onlyHere: 0 };
    for (let seed = 0; seed < CASES; seed++) {
      const random = new Random(seed);
      const { model, ...rest } = subjectOf(unit);
      const isShort = seed % 2 === 0;
      const history = randomHistory(
        { model, ...rest },
        isShort ? smallShape(random) : longerShape(random),
        random,
      );
      const { status, judgedBy, evidence } = checkObject(history, unit.model, { stepBudget: 100_000 });
      const expected = checkLinearizable(history, model, {
        method: 'search',
        explain: false,
        stepBudget: 100_000,
      }).status;
      if (expected === 'undecided' && status !== 'undecided') seen.onlyHere++;
      else if (status !== expected) expect({ name, seed, status, judgedBy, history }).toBe(expected);
      if (isShort && seed % 8 === 0 && bruteForce(history, model) !== (status === 'holds')) {
        expect({ name, seed, status, history }).toBe('as by brute force');
      }
      if (evidence.order !== undefined) expectOrder(history, evidence.order, model);
      seen[status]++;
      if (judgedBy.some(({ algorithm }) => algorithm === unit.algorithm)) seen.bySpecialist++;
    }
    expect(seen.holds).toBeGreaterThan(CASES / 5);
    expect(seen.violated).toBeGreaterThan(CASES / 20);
    expect(seen.bySpecialist).toBeGreaterThan(CASES / 2);
    expect(seen.undecided + seen.onlyHere).toBeLessThan(5);
  });

  it('contradicts with operations that have no order by themselves, and that need one another', () => {
    let contradictions = 0;
    for (let seed = 0; seed < 400; seed++) {
      const random = new Random(seed);
      const { model, ...rest } = subjectOf(unit);
      const history = randomHistory({ model, ...rest }, { ...longerShape(random), wrong: 12 }, random);
      const { status, judgedBy, evidence } = checkObject(history, unit.model, { stepBudget: 100_000 });
      if (status !== 'violated' || judgedBy.at(-1)?.algorithm !== unit.algorithm) continue;
      contradictions++;
      const { minimal = [], blocking } = evidence;
      const isContainer = ['queue', 'stack', 'priority-queue'].includes(unit.algorithm);
      const explained = (operations: readonly Operation[]): boolean => {
        const part = isContainer ? { ...history, operations } : insisted(history, operations, model);
        return checkLinearizable(part, model, { method: 'search', explain: false }).status === 'holds';
      };
      if (explained(minimal)) expect({ name, seed, minimal, history }).toBe('contradictory');
      for (const left of minimal) {
        const isKept = (o: Operation): boolean => (isContainer ? valueOf(o) !== valueOf(left) : o !== left);
        if (!explained(minimal.filter(isKept))) expect({ name, seed, left, minimal, history }).toBe('needed');
      }
      if (blocking === undefined || !minimal.includes(blocking))
        expect({ seed, blocking }).toBe('among them');
    }
    expect(contradictions).toBeGreaterThan(10);
  });
});

function expectOrder(
  history: History,
  ids: readonly number[],
  model: Parameters<typeof replayOrder>[2],
): void {
  const operations = history.operations.filter(
    (o) => o.outcome !== 'fail' && (o.outcome === 'ok' || model.observes?.(o) !== true),
  );
  const positions = new Map(operations.map(({ id }, i) => [id, i]));
  replayOrder(
    operations,
    Int32Array.from(ids, (id) => positions.get(id) ?? -1),
    model,
  );
}

function insisted(
  history: History,
  kept: readonly Operation[],
  model: Parameters<typeof replayOrder>[2],
): History {
  const known = history.operations.filter((o) => o.outcome !== 'fail');
  return { ...history, operations: insistOn(known, new Set(kept), model) };
}

/** What an operation of a container is about; operations that found nothing are about themselves. */
function valueOf({ id, input, output }: Operation): string {
  const value = input ?? output;
  return value === null ? `operation ${id}` : JSON.stringify(value);
}

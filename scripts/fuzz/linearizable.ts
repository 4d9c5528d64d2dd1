import {
  checkLinearizable,
  checkLinearizableColumns,
  type History,
  type Model,
  toColumns,
} from '@holdfast/check';
import { insistOn } from '../../packages/check/src/linearizable/minimise.ts';
import { splitParts } from '../../packages/check/src/linearizable/parts.ts';
import { bruteForce } from '../../packages/check/test/linearizable/bruteForce.ts';
import { randomHistory, type Subject, smallShape } from '../../packages/check/test/linearizable/generate.ts';
import { Random } from '../../packages/check/test/linearizable/random.ts';
import { subjects } from '../../packages/check/test/linearizable/subjects.ts';
import { Disagreement, type Fuzz, type FuzzRun } from './fuzz.ts';

const SUBJECTS = Object.entries(subjects) as [string, Subject][];

/**
 * Up to 8 operations on each built-in model in turn: the verdict, by zones, by search, key by key and all keys together, against every
 * order tried; and of every tenth violation whether its minimal sub-history is violated and needs all its operations.
 */
export const linearizable: Fuzz = {
  about:
    'linearizability of every model against brute force; zones, search, partition by key; minimal sub-histories',
  begin: () => new Run(),
};

class Run implements FuzzRun {
  private readonly tally = { cases: 0, violated: 0, unknown: 0, minimal: 0 };

  judge(seed: number): void {
    const [name, { model, call }] = SUBJECTS[seed % SUBJECTS.length] as [string, Subject];
    const random = new Random(seed);
    const history = randomHistory({ model, call }, smallShape(random), random);
    const expected = bruteForce(history, model) ? 'holds' : 'violated';
    for (const options of [{}, { method: 'search' }, { partition: false }] as const) {
      const { status } = checkLinearizable(history, model, { ...options, explain: false });
      if (status !== expected) {
        const how = JSON.stringify(options);
        throw new Disagreement(`${name} ${how}: ${status}, ${expected} by brute force`, history);
      }
    }
    const { status } = checkLinearizableColumns(toColumns(history), model, { explain: false });
    if (status !== expected)
      throw new Disagreement(`${name} in columns: ${status}, ${expected} by brute force`, history);
    const { tally } = this;
    tally.cases++;
    if (history.operations.some(({ outcome }) => outcome === 'unknown')) tally.unknown++;
    if (expected === 'violated' && ++tally.violated % 10 === 0) this.minimal(name, model, history);
  }

  private minimal(name: string, model: Model, history: History): void {
    this.tally.minimal++;
    const core = checkLinearizable(history, model).evidence.minimal;
    if (core === undefined) throw new Disagreement(`${name}: no minimal sub-history`, history);
    const operations = splitParts(history, model, false)[0]?.operations ?? [];
    const isExplained = (kept: typeof core): boolean =>
      bruteForce({ ...history, operations: insistOn(operations, new Set(kept), model) }, model);
    if (isExplained(core))
      throw new Disagreement(`${name}: the minimal sub-history can be explained`, history);
    for (const spared of core) {
      if (!isExplained(core.filter((operation) => operation !== spared)))
        throw new Disagreement(`${name}: ${spared.id} is not needed in the minimal sub-history`, history);
    }
  }

  summary(): string[] {
    const { cases, unknown, violated, minimal } = this.tally;
    return [
      `${cases} histories (${unknown} with unknown outcomes, ${violated} violated) agree with brute force`,
      `${minimal} minimal sub-histories are minimal`,
    ];
  }
}

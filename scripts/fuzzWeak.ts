/**
 * Compares every checker of the spectrum with its definition read out loud, on random small histories of reads and writes, and looks
 * at what is implied by what.
 *
 *   npx tsx --conditions=holdfast:source scripts/fuzzWeak.ts [count] [seed]
 *
 * Prints how many histories violated each model; ends with code 1 and the history on the first difference.
 */
import {
  CONSISTENCY_IMPLIES,
  checkConsistency,
  type ConsistencyName,
  consistencyNames,
  type History,
  LITMUS_BOUNDS,
  registerModel,
} from '../packages/check/src/index.ts';
import { definitionHolds } from '../packages/check/test/litmus/definitions.ts';
import { Random } from '../packages/check/test/litmus/random.ts';
import { smallWeakShape, weakHistory } from '../packages/check/test/litmus/weakHistories.ts';

const count = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? 1);
const model = registerModel();
const options = { ...LITMUS_BOUNDS, explain: false, measure: false };
const violations = new Map<ConsistencyName, number>(consistencyNames.map((name) => [name, 0]));

for (let i = 0; i < count; i++) {
  const random = new Random(seed + i);
  const shape = smallWeakShape(random);
  const history = weakHistory(random, shape);
  const accepted = new Set<ConsistencyName>();
  for (const name of consistencyNames) {
    const expected = definitionHolds(history, name, model) ? 'holds' : 'violated';
    const { status } = checkConsistency(history, name, model, options);
    if (status !== expected) differ(history, seed + i, `${name} ${expected}, found ${status}`);
    if (status === 'holds') accepted.add(name);
    else violations.set(name, (violations.get(name) ?? 0) + 1);
  }
  // What a process does at the very instant it ended is not ordered alike by all models.
  if (shape.pause === 0) continue;
  for (const name of accepted) {
    const broken = CONSISTENCY_IMPLIES[name].find((weaker) => !accepted.has(weaker));
    if (broken !== undefined) differ(history, seed + i, `${name} accepts what ${broken} rejects`);
  }
}
for (const [name, times] of violations) console.log(`${name}: violated ${times} times`);
console.log(`${count} histories, every model of each as the definitions say`);

function differ({ operations }: History, at: number, what: string): never {
  console.error(`seed ${at}: ${what}`);
  for (const { id, process: by, f, key, input, outcome, output, invokedAt, completedAt } of operations) {
    console.error(
      `  ${id} p${by} ${f} ${key} ${JSON.stringify(input)} ${outcome} ${JSON.stringify(output)} [${invokedAt}, ${completedAt}]`,
    );
  }
  process.exit(1);
}

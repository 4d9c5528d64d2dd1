import { type History, type Model, checkLinearizable } from '@holdfast/check';
import { insistOn } from '../packages/check/src/linearizable/minimise.ts';
import { PartJudge } from '../packages/check/src/linearizable/judge.ts';
import { splitParts } from '../packages/check/src/linearizable/parts.ts';
import { ALL_REDUCTIONS } from '../packages/check/src/linearizable/rules.ts';
import { bruteForce } from '../packages/check/test/linearizable/bruteForce.ts';
import { randomHistory, type Subject, smallShape } from '../packages/check/test/linearizable/generate.ts';
import { Random } from '../packages/check/test/linearizable/random.ts';
import { subjects } from '../packages/check/test/linearizable/subjects.ts';

/**
 * Fuzzes the linearizability checker against its twins, over all built-in models in turn:
 *
 *     npx tsx --conditions=holdfast:source scripts/fuzzCheck.ts [cases] [first seed]
 *
 * Of every case (up to 8 operations): the verdict against brute force, zones against the search, keys together against
 * keys apart, and of every tenth violation its minimal sub-history. Of every twentieth seed a longer history as well:
 * the search with each of its reductions against the search with none. Exits with 1 at the first disagreement, naming its seed.
 */

const cases = Number(process.argv[2] ?? 1_000_000);
const firstSeed = Number(process.argv[3] ?? 0);
const NO_REDUCTIONS = { eager: false, dominance: false, symmetry: false, purpose: false, foresight: false };
const PLAIN_STEPS = 50_000;

const tally = { cases: 0, violated: 0, unknown: 0, minimal: 0, longer: 0, skipped: 0 };

function disagree(name: string, seed: number, what: string, history: History): never {
  console.error(`${name}, seed ${seed}: ${what}`);
  console.error(JSON.stringify(history, undefined, 1));
  process.exit(1);
}

function small(name: string, subject: Subject, seed: number): void {
  const random = new Random(seed);
  const history = randomHistory(subject, smallShape(random), random);
  const { model } = subject;
  const expected = bruteForce(history, model) ? 'holds' : 'violated';
  for (const options of [{}, { method: 'search' }, { partition: false }] as const) {
    const { status } = checkLinearizable(history, model, { ...options, explain: false });
    if (status !== expected)
      disagree(name, seed, `${JSON.stringify(options)} ${status}, ${expected} by brute force`, history);
  }
  tally.cases++;
  if (history.operations.some((operation) => operation.outcome === 'unknown')) tally.unknown++;
  if (expected === 'holds') return;
  if (++tally.violated % 10 === 0) minimal(name, model, seed, history);
}

function minimal(name: string, model: Model, seed: number, history: History): void {
  tally.minimal++;
  const { evidence } = checkLinearizable(history, model);
  const core = evidence.minimal;
  if (core === undefined) return disagree(name, seed, 'no minimal sub-history', history);
  const operations = splitParts(history, model, false)[0]?.operations ?? [];
  const isExplained = (kept: typeof core): boolean =>
    bruteForce({ ...history, operations: insistOn(operations, new Set(kept), model) }, model);
  if (isExplained(core)) disagree(name, seed, 'the minimal sub-history can be explained', history);
  for (const spared of core) {
    if (!isExplained(core.filter((operation) => operation !== spared))) {
      disagree(name, seed, `operation ${spared.id} is not needed in the minimal sub-history`, history);
    }
  }
}

function longer(name: string, subject: Subject, seed: number): void {
  const random = new Random(seed + 0x4000_0000);
  const shape = {
    operations: 12 + random.below(14),
    processes: 2 + random.below(5),
    unknown: random.below(35),
    wrong: random.below(8),
    ticks: 1 + random.below(6),
  };
  const history = randomHistory(subject, shape, random);
  const { model } = subject;
  for (const { operations } of splitParts(history, model, true)) {
    const plain = new PartJudge(operations, model, NO_REDUCTIONS).goOn(PLAIN_STEPS);
    if (plain === 'paused') {
      tally.skipped++;
      continue;
    }
    tally.longer++;
    const single = Object.keys(ALL_REDUCTIONS).map((reduction) => ({ ...NO_REDUCTIONS, [reduction]: true }));
    for (const reductions of [ALL_REDUCTIONS, ...single]) {
      const status = new PartJudge(operations, model, reductions).goOn(10 * PLAIN_STEPS);
      if (status !== plain) {
        disagree(
          name,
          seed,
          `${status} with ${JSON.stringify(reductions)}, ${plain} without reductions`,
          history,
        );
      }
    }
  }
}

const names = Object.entries(subjects);
for (let i = 0; i < cases; i++) {
  const [name, subject] = names[i % names.length] ?? [];
  if (name === undefined || subject === undefined) break;
  const seed = firstSeed + i;
  small(name, subject, seed);
  if (Math.floor(i / names.length) % 20 === 0) longer(name, subject, seed);
}
console.log(
  `${tally.cases} histories (${tally.unknown} with unknown outcomes, ${tally.violated} violated) agree with brute force; ` +
    `${tally.minimal} minimal sub-histories are minimal; ${tally.longer} longer objects agree without reductions ` +
    `(${tally.skipped} were too long for that)`,
);

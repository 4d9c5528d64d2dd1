/**
 * Explores models of the catalogue with and without partial-order reduction, and compares: every promise must come out alike.
 *
 *   npm run partial-order               every system whose states can be counted within the limit
 *   npm run partial-order -- paxos      those with this in their name
 *   npm run partial-order -- --limit N  counts up to N states; default 300,000
 *   npm run partial-order -- --dynamic  dynamic reduction beside ample sets: runs, states gone through, seconds, memory. Broken
 *                                       models are searched until they break
 *
 * Prints states, steps and how many times fewer they are; exit code 1 when a promise comes out differently.
 */
import { parseArgs } from 'node:util';
import {
  Exploration,
  type ExploreResult,
  type NamedModel,
  NAMED_MODELS,
  PartialOrderError,
} from '@holdfast/explore';
import { compareDynamic } from './partialOrder/dynamic.ts';

const HEADINGS = ['Model', 'States', 'left', 'times', 'Steps', 'left', 'times', ''] as const;

function explored({ load }: NamedModel, partialOrder: boolean, maxStates: number): ExploreResult {
  const options = { symmetry: false, stopAtViolation: false, partialOrder, maxStates };
  const exploration = new Exploration(load(), undefined, options);
  while (exploration.advance(1_000_000));
  return exploration.result();
}

function statuses({ properties }: ExploreResult): string {
  return properties.map(({ name, status }) => `${name} ${status}`).join(', ');
}

/** A row of the table; undefined for a model without the reduction, or with more states than are counted. */
function compared(model: NamedModel, limit: number): { row: string[]; same: boolean } | undefined {
  let whole: ExploreResult;
  let reduced: ExploreResult;
  try {
    reduced = explored(model, true, 1);
    whole = explored(model, false, limit);
    if (whole.end !== 'complete') return undefined;
    reduced = explored(model, true, limit);
  } catch (error) {
    if (error instanceof PartialOrderError) return undefined;
    throw error;
  }
  const times = (of: (result: ExploreResult) => number): string => (of(whole) / of(reduced)).toFixed(2);
  const figures = (of: (result: ExploreResult) => number): string[] =>
    [whole, reduced].map((result) => of(result).toLocaleString('en-US')).concat(times(of));
  const same = statuses(whole) === statuses(reduced);
  const verdict = same ? 'same' : `${statuses(whole)}; reduced: ${statuses(reduced)}`;
  const row = [model.name, ...figures(({ states }) => states), ...figures(({ generated }) => generated)];
  return { row: [...row, verdict], same };
}

function main(args: string[]): number {
  const { values, positionals } = parseArgs({
    args,
    options: {
      limit: { type: 'string', default: '300000' },
      dynamic: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  if (values.dynamic) return compareDynamic(positionals, Number(values.limit));
  console.log(`| ${HEADINGS.join(' | ')} |\n| --- |${' ---: |'.repeat(6)} --- |`);
  let [count, differing] = [0, 0];
  for (const model of NAMED_MODELS) {
    if (positionals.length > 0 && !positionals.some((text) => model.name.includes(text))) continue;
    const found = compared(model, Number(values.limit));
    if (found === undefined) continue;
    count++;
    if (!found.same) differing++;
    console.log(`| ${found.row.join(' | ')} |`);
  }
  console.log(`\n${count} models, ${differing} with a promise that comes out differently`);
  return differing === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));

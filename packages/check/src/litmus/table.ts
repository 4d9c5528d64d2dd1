import { registerModel } from '../models/register.ts';
import type { Verdict } from '../verdict.ts';
import { checkConsistency } from './consistency.ts';
import { LITMUS_BOUNDS, type Litmus, litmusHistories } from './histories.ts';
import { readLitmus } from './notation.ts';
import { type ConsistencyName, consistencyNames } from './spectrum.ts';

const SHORT: Readonly<Record<ConsistencyName, string>> = {
  linearizable: 'LIN',
  sequential: 'SEQ',
  'causal-convergence': 'CCv',
  'causal-memory': 'CM',
  causal: 'CC',
  pram: 'PRAM',
  'writes-follow-reads': 'WFR',
  'monotonic-writes': 'MW',
  'monotonic-reads': 'MR',
  'read-your-writes': 'RYW',
  regular: 'REG',
  safe: 'SAFE',
  'bounded-versions': `V${LITMUS_BOUNDS.versions}`,
  'bounded-time': `T${LITMUS_BOUNDS.within}`,
  eventual: 'EC',
};

/** What a checker says of a litmus history. */
export function judgeLitmus(litmus: Litmus, name: ConsistencyName): Verdict {
  return checkConsistency(readLitmus(litmus.lines), name, registerModel(), LITMUS_BOUNDS);
}

/** Every litmus history judged by every model, as the checkers say: a Markdown table, `yes` for accepted, `no` for rejected. */
export function litmusTable(): string {
  const width = Math.max(...litmusHistories.map(({ name }) => name.length));
  const columns = consistencyNames.map((name) => SHORT[name]);
  const row = (first: string, cells: readonly string[]): string =>
    `| ${first.padEnd(width)} | ${cells.map((cell, i) => cell.padEnd(Math.max(3, columns[i]?.length ?? 0))).join(' | ')} |`;
  const rule = columns.map((column) => '-'.repeat(Math.max(3, column.length)));
  return [
    row('history', columns),
    row('-'.repeat(width), rule),
    ...litmusHistories.map((litmus) =>
      row(
        litmus.name,
        consistencyNames.map((name) => CELLS[judgeLitmus(litmus, name).status]),
      ),
    ),
  ].join('\n');
}

const CELLS: Readonly<Record<Verdict['status'], string>> = { holds: 'yes', violated: 'no', undecided: '?' };

/** The column headings of `litmusTable` and the models they stand for. */
export function litmusColumns(): readonly (readonly [short: string, name: ConsistencyName])[] {
  return consistencyNames.map((name) => [SHORT[name], name]);
}

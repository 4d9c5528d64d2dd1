import { simulate } from '../simulate/simulate.ts';
import type { CaseStudy, Combine, Measured, TradeoffColumn } from './case.ts';
import { CaseError } from './errors.ts';

/** One run of a table under way. */
export interface MeasuringStep {
  readonly choice: string;
  readonly seed: number;
}

/**
 * Measures a case's table run by run: yields before each run, so that a caller can show how far it has come or stop, and
 * returns the rows. The same in any process.
 */
export function* measuring({ tradeoffs, experiments }: CaseStudy): Generator<MeasuringStep, Measured> {
  const { choices, columns, seeds, measure, trace = false } = tradeoffs;
  const rows: Record<string, Record<string, number>> = {};
  for (const { name, experiment } of choices) {
    const chosen = experiments[experiment];
    if (chosen === undefined) continue;
    const found: Readonly<Record<string, number>>[] = [];
    for (const seed of seeds) {
      yield { choice: name, seed };
      found.push(measure(simulate(chosen, seed, { trace })));
    }
    rows[name] = Object.fromEntries(columns.map((column) => [column.name, combined(column, found)]));
  }
  return rows;
}

/** The whole table at once. */
export function measured(study: CaseStudy): Measured {
  const steps = measuring(study);
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
}

const COMBINE: Readonly<Record<Combine, (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  mean: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
};

function combined(
  { name, combine }: TradeoffColumn,
  found: readonly Readonly<Record<string, number>>[],
): number {
  const values = found.map((row) => row[name]);
  const missing = values.find((value) => value === undefined || Number.isNaN(value));
  if (missing !== undefined || values.includes(undefined)) {
    throw new CaseError(`tradeoffs column '${name}'`, 'was not measured', 'let `measure` give it a number');
  }
  return COMBINE[combine](values as readonly number[]);
}

/** The table as text: a head, and a row for each choice, with what it is said to gain and cost. */
export function tradeoffRows(
  { tradeoffs }: CaseStudy,
  rows: Measured,
): { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] } {
  const { columns, choices } = tradeoffs;
  return {
    head: ['choice', ...columns.map(({ name }) => name), 'gain', 'cost'],
    rows: choices.map(({ name, gain, cost }) => [
      name,
      ...columns.map((column) => cell(column, rows[name]?.[column.name])),
      gain,
      cost,
    ]),
  };
}

function cell({ digits = 0 }: TradeoffColumn, value: number | undefined): string {
  if (value === undefined) return '-';
  return Number.isFinite(value) ? value.toFixed(digits) : 'never';
}

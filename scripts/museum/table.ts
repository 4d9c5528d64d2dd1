import { quantile, shownMs } from '../live/figures/figure.ts';
import type { Played } from './runs.ts';

/** A table of runs: a row for each case and control, in the order they were first played. */
export function tableOf(played: readonly Played[]): string {
  const rows = new Map<string, Played[]>();
  for (const one of played) {
    const key = `${one.museum}\n${one.run}`;
    rows.set(key, [...(rows.get(key) ?? []), one]);
  }
  const lines = [...rows.values()].map(rowOf);
  return [
    '| case | run | as expected | otherwise | median | longest |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

function rowOf(runs: readonly Played[]): string {
  const [first] = runs;
  const good = runs.filter(({ outcome }) => outcome === 'expected').length;
  const others = new Map<string, number>();
  for (const { outcome } of runs)
    if (outcome !== 'expected') others.set(outcome, (others.get(outcome) ?? 0) + 1);
  const otherwise = [...others].map(([outcome, count]) => `${count} ${outcome}`).join(', ') || '-';
  const times = runs.map(({ ms }) => ms);
  const what = `${first?.run} (${first?.expect})`;
  return `| \`${first?.museum}\` | ${what} | ${good} of ${runs.length} | ${otherwise} | ${shownMs(quantile(times, 0.5))} | ${shownMs(Math.max(...times))} |`;
}

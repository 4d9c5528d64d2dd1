import type { Operation } from '@holdfast/check';
import type { ServiceOptions } from '../service/options.ts';

/** What each operation needs, as its tiers declare it: every tier that a call for it may come to, the first one left out. */
export function dependencyMap({
  tiers,
  operations,
}: Pick<ServiceOptions, 'tiers' | 'operations'>): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    operations.map((operation) => {
      const reached = new Set<string>([tiers[0]?.name ?? '']);
      for (const name of reached) {
        const calls = tiers.find((tier) => tier.name === name)?.calls ?? [];
        for (const { to, operations: only } of calls) if (only?.includes(operation) ?? true) reached.add(to);
      }
      return [operation, [...reached].slice(1)];
    }),
  );
}

/** The share of its calls below which an operation counts as down. */
export const DOWN_SHARE = 0.5;
/** The share above which it counts as untouched; between the two it is degraded, which is not what a map says of anybody. */
export const WELL_SHARE = 0.9;

/** What became of each operation while something was down: the share of its calls that was answered well and in time. */
export function shareWell(
  operations: readonly Operation[],
  {
    fromUs,
    untilUs,
    patienceUs,
  }: { readonly fromUs: number; readonly untilUs: number; readonly patienceUs: number },
): ReadonlyMap<string, number> {
  const counts = new Map<string, { well: number; all: number }>();
  for (const { f, invokedAt, completedAt, outcome } of operations) {
    if (invokedAt < fromUs || invokedAt >= untilUs) continue;
    const count = counts.get(f) ?? { well: 0, all: 0 };
    counts.set(f, count);
    count.all++;
    if (outcome === 'ok' && completedAt - invokedAt <= patienceUs) count.well++;
  }
  return new Map([...counts].map(([f, { well, all }]) => [f, well / all]));
}

/** Where what happened is not what the map says: operations that fell although they do not need what was down, or stood although they do. */
export function deviationsFromMap(
  map: Readonly<Record<string, readonly string[]>>,
  down: string,
  shares: ReadonlyMap<string, number>,
): readonly string[] {
  return Object.entries(map).flatMap(([operation, needs]) => {
    const share = shares.get(operation);
    if (share === undefined) return [`${operation}: nobody called it while ${down} was down`];
    const percent = `${(100 * share).toFixed(0)} % of its calls went well`;
    if (needs.includes(down)) return share < DOWN_SHARE ? [] : [`${operation} needs ${down}, and ${percent}`];
    return share > WELL_SHARE ? [] : [`${operation} does not need ${down}, and only ${percent}`];
  });
}

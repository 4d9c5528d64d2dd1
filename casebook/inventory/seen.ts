import type { RunResult } from 'holdfast';
import { CUTS } from './experiment.ts';
import { REGIONS } from './market.ts';

type Operation = RunResult['history']['operations'][number];

/** A client waits this long: what is asked later than that before a cut ends may be answered after it. */
const WAITS_US = 1_000_000;

/** Operations are issued in the order of the plan, which knows their clients. */
function regionOf({ plan }: RunResult, { id }: Operation): string {
  return REGIONS[plan.operations[id]?.client ?? 0] ?? '';
}

function isIn([from, until]: readonly [number, number], { invokedAt }: Operation): boolean {
  return invokedAt >= from * 1_000 && invokedAt < until * 1_000 - WAITS_US;
}

function answered(operations: readonly Operation[]): number {
  return (100 * operations.filter(({ outcome }) => outcome === 'ok').length) / operations.length;
}

/** Of what users of a region asked while it was cut off, the share that was answered, reserved or sold out, %. */
export function answeredCutOff(result: RunResult, region: keyof typeof CUTS): number {
  const { operations } = result.history;
  return answered(operations.filter((each) => isIn(CUTS[region], each) && regionOf(result, each) === region));
}

/** The same of the two regions that were left together. */
export function answeredTogether(result: RunResult, without: keyof typeof CUTS): number {
  const { operations } = result.history;
  return answered(
    operations.filter((each) => isIn(CUTS[without], each) && regionOf(result, each) !== without),
  );
}

/** The latency below which such a share of all answers lies, ms. */
export function latencyMs({ history }: RunResult, share: number): number {
  const all = history.operations
    .filter(({ outcome }) => outcome === 'ok')
    .map(({ invokedAt, completedAt }) => (completedAt - invokedAt) / 1_000)
    .toSorted((a, b) => a - b);
  return all[Math.min(all.length - 1, Math.floor(all.length * share))] ?? Number.NaN;
}

import type { FleetFigures } from './fleet.ts';

/** An alarm rings when a figure is so many times what it is on a calm day. */
export const ALARM_FACTOR = 1.5;
/** A node stands out when its 99th of a hundred is so many times that of the middle one. */
const STANDS_OUT = 2;

/** What a dashboard of averages and one of percentiles say of a fleet, beside a calm day. */
export interface FleetAlerts {
  readonly byAverage: boolean;
  readonly byPercentile: boolean;
  /** The node whose 99th of a hundred is so many times that of the middle one; undefined when none stands out. */
  readonly sickest: string | undefined;
  /** By how much the mean of all has moved, ms, and in a sentence (X16). */
  readonly meanShiftMs: number;
  readonly says: string;
}

/** Judges a fleet's figures by those of a calm one. */
export function alertsOf(run: FleetFigures, calm: FleetFigures): FleetAlerts {
  const meanShiftMs = run.meanMs - calm.meanMs;
  const sorted = run.nodes.toSorted((a, b) => b.p99Ms - a.p99Ms);
  const [worst] = sorted;
  const middle = sorted[Math.floor(sorted.length / 2)];
  const standsOut = worst !== undefined && middle !== undefined && worst.p99Ms > STANDS_OUT * middle.p99Ms;
  const percent = (100 * meanShiftMs) / calm.meanMs;
  return {
    byAverage: run.meanMs > ALARM_FACTOR * calm.meanMs,
    byPercentile: run.p99Ms > ALARM_FACTOR * calm.p99Ms || run.p999Ms > ALARM_FACTOR * calm.p999Ms,
    sickest: standsOut ? worst.name : undefined,
    meanShiftMs,
    says:
      `mean ${calm.meanMs.toFixed(1)} -> ${run.meanMs.toFixed(1)} ms (${percent.toFixed(0)} % more), ` +
      `p99 ${calm.p99Ms.toFixed(1)} -> ${run.p99Ms.toFixed(1)} ms, p99.9 ${calm.p999Ms.toFixed(1)} -> ${run.p999Ms.toFixed(1)} ms`,
  };
}

/**
 * By how much a mean rises when a share of all requests takes longer by so much: X16. One request of a hundred with ten seconds more moves the mean of its
 * node by 100 ms, which is far more than a base of 10 to 50 ms; only over many healthy nodes does it hide.
 */
export function meanShiftMs(share: number, extraMs: number, sickNodes = 1, nodes = 1): number {
  return (share * extraMs * sickNodes) / nodes;
}

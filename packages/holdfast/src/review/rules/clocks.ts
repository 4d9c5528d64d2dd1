import type { Fault } from '@holdfast/world';
import type { ClockAssumptions, ServiceDescription } from '../description.ts';
import { type Rehearsals, type Rehearsed, verdictOn } from '../rehearsed.ts';
import { held, placeOf, struck, undecided, violated } from '../rule.ts';

/** How far beyond the assumption the second run goes. */
const BEYOND = 1.1;

/** DR10: within what is assumed the promise holds; with clocks that drift 1.1 times as much, what was said to follow follows. */
export function judgeClocks({ clocks }: ServiceDescription, runs: Rehearsals): readonly [string, string] {
  const { maxSkewMs, maxDriftPpm, maxPauseMs, promise, beyond } = clocks;
  for (const field of ['maxSkewMs', 'maxDriftPpm', 'maxPauseMs'] as const) {
    if (clocks[field] === undefined) violated(`clocks.${field}`, 'nothing is said of it');
  }
  const within = struck(runs, 'clocks-within', [['clock-drift'], ['pause', 'suspend']]);
  requireWithin(within, clocks);
  const { examined } = held(within, promise);
  const outside = struck(runs, 'clocks-beyond', [['clock-drift']]);
  const drift = worstDrift(outside);
  if (drift < BEYOND * (maxDriftPpm ?? 0))
    violated(
      placeOf(outside),
      `clocks drift by ${drift} ppm there, less than ${BEYOND} times ${maxDriftPpm}`,
    );
  const verdict = verdictOn(outside, promise);
  if (verdict === undefined || verdict.evidence.examined === 0)
    return undecided(placeOf(outside), `"${promise}" met nothing to judge`);
  if (verdict.status !== beyond)
    violated(
      'clocks.beyond',
      `"${promise}" is said to be ${beyond} at ${drift} ppm, and is ${verdict.status}: ${verdict.reason}`,
    );
  return [
    placeOf(outside),
    `skew ${maxSkewMs} ms, drift ${maxDriftPpm} ppm, pauses ${maxPauseMs} ms: "${promise}" held over ${examined}; at ${drift} ppm it is ${beyond}, as was said`,
  ];
}

function requireWithin(
  run: Rehearsed,
  { maxSkewMs = 0, maxDriftPpm = 0, maxPauseMs = 0 }: ClockAssumptions,
): void {
  for (const fault of run.plan.faults) {
    const [size, most] = sizeOf(fault, { maxSkewMs, maxDriftPpm, maxPauseMs });
    if (size > most)
      violated(placeOf(run), `${fault.kind} of ${size} there, where ${most} is assumed at most`);
  }
}

function sizeOf(
  fault: Fault,
  most: Required<Pick<ClockAssumptions, 'maxSkewMs' | 'maxDriftPpm' | 'maxPauseMs'>>,
): [number, number] {
  if (fault.kind === 'clock-drift') return [Math.abs(fault.amount), most.maxDriftPpm];
  if (fault.kind === 'clock-step') return [Math.abs(fault.amount) / 1_000, most.maxSkewMs];
  if (fault.kind === 'pause' || fault.kind === 'suspend') return [fault.forUs / 1_000, most.maxPauseMs];
  return [0, 0];
}

function worstDrift({ plan }: Rehearsed): number {
  return Math.max(
    0,
    ...plan.faults.map((fault) => (fault.kind === 'clock-drift' ? Math.abs(fault.amount) : 0)),
  );
}

import {
  type Experiment,
  raftTwin,
  raftTwinControl,
  type RunPlan,
  shrinkRun,
  simulate,
  simulatePlan,
} from 'holdfast';
import { describe, expect, it } from 'vitest';
import { closer, gaps, instants, windowed } from '../../src/shrink/steps.ts';

const TWIN = raftTwin('local-read');
const ORIGINAL = simulate(TWIN, 0);
const SHRUNK = shrinkRun(TWIN, ORIGINAL);

function violatedPromises(experiment: Experiment, plan: RunPlan): string[] {
  return simulatePlan(experiment, plan)
    .verdicts.filter(({ status }) => status === 'violated')
    .map(({ promise }) => promise);
}

describe('a shrunk run', () => {
  it('breaks the same promise, in a small part of the events, and shows its trace', () => {
    expect(violatedPromises(TWIN, SHRUNK.plan)).toContain(SHRUNK.promise);
    expect(SHRUNK.fromEvents).toBe(ORIGINAL.events);
    expect(SHRUNK.toEvents).toBeLessThan(SHRUNK.fromEvents / 50);
    expect(SHRUNK.result.plan).toEqual(SHRUNK.plan);
    expect(SHRUNK.result.trace?.events.length).toBeGreaterThan(20);
    expect(SHRUNK.runs).toBeGreaterThan(10);
  });

  it('has only operations and faults of the original, by their ids, at the same time or earlier', () => {
    const operations = new Map(ORIGINAL.plan.operations.map((operation) => [operation.id, operation]));
    const faults = new Map(ORIGINAL.plan.faults.map((fault) => [fault.id, fault]));
    expect(SHRUNK.plan.operations.length).toBeLessThan(operations.size / 10);
    for (const { id, f, key, input, atUs } of SHRUNK.plan.operations) {
      expect(operations.get(id)).toMatchObject({ f, key, input });
      expect(atUs).toBeLessThanOrEqual(operations.get(id)?.atUs ?? -1);
    }
    for (const { id, kind } of SHRUNK.plan.faults) expect(faults.get(id)?.kind).toBe(kind);
    expect(SHRUNK.plan.endUs).toBeLessThan(ORIGINAL.plan.endUs);
  });

  it('is the same every time', () => {
    const again = shrinkRun(TWIN, simulate(TWIN, 0));
    expect(again.plan).toEqual(SHRUNK.plan);
    expect(again.result.digest).toBe(SHRUNK.result.digest);
    expect(again.runs).toBe(SHRUNK.runs);
  });

  it('reports its progress, in runs that only grow in number', () => {
    const seen: number[] = [];
    shrinkRun(TWIN, ORIGINAL, { onProgress: (runs, events) => void (events > 0 && seen.push(runs)) });
    expect(seen.length).toBeGreaterThan(3);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  it('is the best found so far when it is cancelled or its budget is spent, and violated all the same', () => {
    let asked = 0;
    const cancelled = shrinkRun(TWIN, ORIGINAL, { cancelled: () => ++asked > 8 });
    const poor = shrinkRun(TWIN, ORIGINAL, { maxEvents: 1 });
    for (const { plan, promise, toEvents, runs } of [cancelled, poor]) {
      expect(violatedPromises(TWIN, plan)).toContain(promise);
      expect(toEvents).toBeLessThanOrEqual(ORIGINAL.events);
      expect(runs).toBeLessThan(SHRUNK.runs);
    }
  });

  it('is refused for a run in which every promise held', () => {
    const control = raftTwinControl('local-read');
    expect(() => shrinkRun(control, simulate(control, 0))).toThrow(RangeError);
    expect(() => shrinkRun(control, simulate(control, 0))).toThrow('every promise held');
  });
});

/** Operations at 2, 3 and 9 s, a fault from 2.5 to 6 s. */
const PLAN: RunPlan = {
  seed: 1,
  nodes: 3,
  operations: [2, 3, 9].map((s, id) => {
    return { id, atUs: s * 1_000_000, client: 0, f: 'read', key: 'k', input: null };
  }),
  faults: [{ id: 0, kind: 'pause', host: 'N1', atUs: 2_500_000, forUs: 3_500_000 }],
  healAtUs: 10_000_000,
  endUs: 12_000_000,
  choices: {},
};

describe('the steps of shrinking', () => {
  it('close the pause before an instant, for operations, faults under way and the ends alike', () => {
    const shorter = closer(PLAN, 9_000_000, 2_000_000);
    expect(shorter.operations.map(({ atUs }) => atUs)).toEqual([2_000_000, 3_000_000, 7_000_000]);
    expect(shorter.faults).toEqual(PLAN.faults);
    expect(shorter).toMatchObject({ healAtUs: 8_000_000, endUs: 10_000_000 });
    const within = closer(PLAN, 6_000_000, 1_000_000);
    expect(within.faults).toMatchObject([{ atUs: 2_500_000, forUs: 2_500_000 }]);
    expect(within.operations.map(({ atUs }) => atUs)).toEqual([2_000_000, 3_000_000, 8_000_000]);
  });

  it('know every instant at which something begins or ends, and the pauses between', () => {
    expect(instants(PLAN)).toEqual([0, 2_000_000, 2_500_000, 3_000_000, 6_000_000, 9_000_000, 10_000_000]);
    const widest = gaps(PLAN).toSorted((a, b) => b.slackUs - a.slackUs)[0];
    expect(widest?.instant).toBe(6_000_000);
    expect(widest?.slackUs).toBeLessThan(3_000_000);
  });

  it('move a late window to the start, with the faults that are under way in it', () => {
    const late = windowed(PLAN, 5_000_000);
    expect(late.operations.map(({ id }) => id)).toEqual([2]);
    const moved = 9_000_000 - (late.operations[0]?.atUs ?? 0);
    expect(moved).toBeGreaterThan(4_000_000);
    expect(late.endUs).toBe(12_000_000 - moved);
    // The pause still ends at the same distance from the operation.
    const [pause] = late.faults;
    expect((pause?.atUs ?? 0) + (pause?.forUs ?? 0)).toBe(6_000_000 - moved);
    expect(windowed(PLAN, 7_000_000).faults).toEqual([]);
  });
});

import {
  raftTwin,
  type RunResult,
  type RunSlice,
  shrinkRun,
  simulate,
  simulatePlan,
  sliceRun,
} from 'holdfast';
import { beforeAll, describe, expect, it } from 'vitest';

const EXPERIMENT = raftTwin('ack-on-append');

describe('the slice of a violated run', () => {
  let run: RunResult;
  let promise: string;
  let slice: RunSlice;

  beforeAll(() => {
    const shrunk = shrinkRun(EXPERIMENT, simulate(EXPERIMENT, 0));
    run = shrunk.result;
    promise = shrunk.promise;
    slice = sliceRun(EXPERIMENT, run, promise);
  });

  const broken = (message: number): boolean =>
    simulatePlan(EXPERIMENT, {
      ...run.plan,
      messages: { ...run.plan.messages, [message]: { kind: 'drop' } },
    }).verdicts.some((verdict) => verdict.promise === promise && verdict.status === 'violated');

  it('ends where the promise was seen broken, in the order of time, and holds a part of the run', () => {
    const ids = slice.events.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    const last = run.trace?.events[ids.at(-1) ?? -1];
    expect(last).toMatchObject({ kind: 'violation', label: promise });
    expect(ids.length).toBeLessThan((run.trace?.events.length ?? 0) / 2);
  });

  it('calls a message necessary when the promise holds without it, and only then', () => {
    const necessary = new Set(slice.necessary);
    const delivered = (run.trace?.events ?? []).filter(({ kind }) => kind === 'deliver');
    expect(delivered.some(({ id }) => necessary.has(id))).toBe(true);
    for (const { id, message } of delivered) {
      expect({ id, necessary: !broken(message) }).toEqual({ id, necessary: necessary.has(id) });
    }
  });

  it('is at most twenty events or a tenth of the trace, tells the broken rule, and marks what is necessary', () => {
    const { events = [] } = run.trace ?? {};
    expect(slice.events.length).toBeLessThanOrEqual(Math.max(20, events.length / 10));
    expect(slice.led).toBeGreaterThanOrEqual(slice.events.length);
    expect(slice.rules.map(({ sentence }) => sentence)).toEqual([
      expect.stringMatching(/^N\d answered the write of C\d before a majority had it/),
    ]);
    const told = slice.events.map(({ id }) => id);
    for (const id of slice.rules.flatMap((rule) => rule.events)) expect(told).toContain(id);
    for (const { id, necessary } of slice.events.slice(0, -1))
      expect(necessary).toBe(slice.necessary.includes(id));
  });

  it('names a point of no return within it, and says the same each time', () => {
    expect(slice.events.map(({ id }) => id)).toContain(slice.pointOfNoReturn);
    expect(sliceRun(EXPERIMENT, run, promise)).toEqual(slice);
  });

  it('says so when its budget leaves no time to find out', () => {
    const hasty = sliceRun(EXPERIMENT, run, promise, { maxEvents: 1 });
    expect(hasty.pointOfNoReturn).toBe(-1);
    expect(() => sliceRun(EXPERIMENT, simulate(EXPERIMENT, 0), promise)).toThrow(/its trace must be kept/);
  });
});

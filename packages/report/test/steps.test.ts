import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildModel, verdictMarks } from '../src/model/model.ts';
import { commandOf, KEYS, selectEvent, step, troubles, zoomed } from '../src/page/steps.ts';
import { firstView, wholeRun } from '../src/pictures/view.ts';
import { LossyRaft } from './support/lossyRaft.ts';
import { smallHistory, smallTrace, smallVerdict } from './support/small.ts';

const small = buildModel({
  trace: smallTrace(),
  history: smallHistory(),
  verdicts: [verdictMarks(smallVerdict())],
});
const long = buildModel({ ...new LossyRaft({ seed: 6, endMs: 3_000 }).run(), verdicts: [] });

test('every key has one command, and every command a key and its help', () => {
  const keys = KEYS.flatMap((entry) => entry.keys);
  expect(new Set(keys).size).toBe(keys.length);
  for (const { command, keys: own, help } of KEYS) {
    expect(own.map(commandOf)).toEqual(own.map(() => command));
    expect(help).not.toBe('');
  }
  for (const key of ['ArrowLeft', 'ArrowRight', 'Home', 'End', '+', '-', '[', ']', 'n', 'p', 'f', 'v', '?']) {
    expect(commandOf(key)).toBeDefined();
  }
});

test('whatever is pressed, the window stays inside the run and keeps its order', () => {
  const limits = wholeRun(long);
  const commands = fc.array(fc.constantFrom(...KEYS.map((entry) => entry.command)), { maxLength: 40 });
  fc.assert(
    fc.property(commands, (pressed) => {
      const view = pressed.reduce((now, command) => step(long, now, command), firstView(long, 1000));
      expect(view.from).toBeGreaterThanOrEqual(limits.from);
      expect(view.until).toBeLessThanOrEqual(limits.until);
      expect(view.until - view.from).toBeGreaterThanOrEqual(19);
      const at = long.trace.events[view.event]?.at;
      if (view.event >= 0) expect(at).toBeDefined();
      expect(view.event < 0 || view.operation < 0).toBe(true);
    }),
    { seed: 41, numRuns: 200 },
  );
});

test('n and p walk every event in order and back, and the window follows', () => {
  let view = step(small, { ...firstView(small, 1000), from: 0, until: 2_000 }, 'next');
  expect(view.event).toBe(0);
  for (let id = 1; id < small.trace.events.length; id++) {
    view = step(small, view, 'next');
    expect(view.event).toBe(id);
    const at = small.trace.events[id]?.at ?? -1;
    expect(at >= view.from && at <= view.until).toBe(true);
  }
  expect(step(small, view, 'next').event).toBe(small.trace.events.length - 1);
  for (let id = small.trace.events.length - 2; id >= 0; id--) {
    view = step(small, view, 'previous');
    expect(view.event).toBe(id);
  }
});

test('[ goes to the cause and ] back along the chain', () => {
  const violation = small.trace.events.findIndex((event) => event.kind === 'violation');
  let view = selectEvent(small, firstView(small, 1000), violation);
  const seen: number[] = [];
  for (let i = 0; i < 20; i++) {
    const next = step(small, view, 'cause');
    if (next.event === view.event) break;
    view = next;
    seen.push(view.event);
  }
  expect(small.trace.events[view.event]?.kind).toBe('invoke');
  expect(seen).toHaveLength(6);
  for (let i = 0; i < 6; i++) view = step(small, view, 'effect');
  expect(view.event).toBe(violation);
});

test('f visits every fault in turn, v every violation and unexplained operation', () => {
  const faults = small.trace.events
    .filter((e) => ['fault', 'crash', 'pause'].includes(e.kind))
    .map((e) => e.id);
  let view = firstView(small, 1000);
  const visited = faults.map(() => (view = step(small, view, 'fault')).event);
  expect(visited).toEqual(faults);
  expect(step(small, view, 'fault').event).toBe(faults[0]);
  const all = troubles(small);
  expect(all.map((t) => [t.event >= 0, t.operation])).toEqual([
    [false, 1],
    [true, -1],
  ]);
  view = step(small, view, 'violation');
  expect([view.event, view.operation]).toEqual([-1, 1]);
  view = step(small, view, 'violation');
  expect(small.trace.events[view.event]?.kind).toBe('violation');
});

test('zooming keeps the chosen instant where it is', () => {
  const view = { ...firstView(long, 1000), from: 1_000_000, until: 1_400_000 };
  const near = zoomed(long, view, 0.5, 1_100_000);
  expect((1_100_000 - near.from) / (near.until - near.from)).toBeCloseTo(0.25, 3);
  expect(near.until - near.from).toBe(200_000);
});

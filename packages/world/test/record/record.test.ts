import { describe, expect, it } from 'vitest';
import type { Trace, TraceEvent } from '@holdfast/trace';
import { firstDivergence } from '../../src/record/divergence.ts';
import { Recorder } from '../../src/record/recorder.ts';

const NODES = [{ name: 'N1', role: 'server' as const }];

function traceOf(write: (recorder: Recorder) => void, endedAt = 100): Trace {
  const recorder = new Recorder();
  write(recorder);
  return recorder.finish(NODES, endedAt);
}

describe('recorder', () => {
  it('numbers events densely and fills in what is not said', () => {
    const { events } = traceOf((r) => {
      expect(r.event(5, 0, 'timer', 'tick')).toBe(0);
      expect(r.event(7, -1, 'note', 'n', { cause: 0, peer: 2, message: 3, operation: 4, data: [1] })).toBe(1);
    });
    const nothing = { cause: -1, peer: -1, message: -1, operation: -1 };
    const expected: TraceEvent[] = [
      { id: 0, at: 5, node: 0, kind: 'timer', label: 'tick', ...nothing, data: null },
      {
        id: 1,
        at: 7,
        node: -1,
        kind: 'note',
        label: 'n',
        cause: 0,
        peer: 2,
        message: 3,
        operation: 4,
        data: [1],
      },
    ];
    expect(events).toEqual(expected);
  });

  it('copies data, so that what is changed later stays as it was', () => {
    const data = { log: [1] };
    const { events } = traceOf((r) => {
      r.event(1, 0, 'state', 's', { data });
      data.log.push(2);
    });
    expect(events[0]?.data).toEqual({ log: [1] });
  });

  it('closes spans once; those still open end with the run', () => {
    const { faults } = traceOf((r) => {
      const first = r.openFault('crash', 10, [0], 'crash of N1');
      r.openFault('loss', 20, [], 'loss 5 %');
      r.closeFault(first, 30);
      r.closeFault(first, 50);
      r.closeFault(99, 50);
    });
    expect(faults.map((span) => [span.kind, span.from, span.until])).toEqual([
      ['crash', 10, 30],
      ['loss', 20, 100],
    ]);
  });
});

describe('first divergence', () => {
  const base = (r: Recorder): void => {
    r.event(1, 0, 'boot', 'N1');
    r.event(2, 0, 'state', 'raft', { data: { term: 1, log: [1, 2] } });
  };

  it('is undefined for equal traces', () => {
    expect(firstDivergence(traceOf(base), traceOf(base))).toBeUndefined();
  });

  it('names the field and both events, deep inside the data', () => {
    const other = traceOf((r) => {
      r.event(1, 0, 'boot', 'N1');
      r.event(2, 0, 'state', 'raft', { data: { term: 1, log: [1, 3] } });
    });
    expect(firstDivergence(traceOf(base), other)).toMatchObject({
      index: 1,
      field: 'data.log[1]',
      left: { data: { log: [1, 2] } },
      right: { data: { log: [1, 3] } },
      text:
        "The runs differ first at event 1 in data.log[1]: one has 'state raft' at N1 at 2 us, " +
        "the other has 'state raft' at N1 at 2 us",
    });
  });

  it('says when one run has ended, on either side, and names the world and nodes without a name', () => {
    const longer = traceOf((r) => {
      base(r);
      r.event(9, -1, 'fault', 'crash');
    });
    expect(firstDivergence(traceOf(base), longer)?.text).toBe(
      "The runs differ first at event 2: one has ended, the other has 'fault crash' at the world at 9 us",
    );
    expect(firstDivergence(longer, traceOf(base))).toMatchObject({ index: 2, field: '', right: undefined });
    const nameless = traceOf((r) => void r.event(9, 7, 'note', 'x'));
    expect(
      firstDivergence(
        nameless,
        traceOf(() => undefined),
      )?.text,
    ).toContain("'note x' at node 7 at 9 us");
  });
});

import { describe, expect, test } from 'vitest';
import {
  beginCommit,
  type CausalEvent,
  chooseOrderingTool,
  compareHybrid,
  compareLamport,
  compareVectors,
  happensBefore,
  hybridLimits,
  MalformedClockError,
  ORDERING_NEEDS,
  type OrderingNeed,
  type OrderingTool,
  parseRecordTimes,
  readSkew,
  receiveHybrid,
  recordLag,
  releaseCommits,
  type StampedEvent,
  stampEvents,
  startCommitWait,
  startHybrid,
  tickHybrid,
} from '../../src/clocks/index.ts';
import { LWWRegister, MVRegister, ORSet } from '../../src/crdt/index.ts';
import { DetectorTimeError, fixedTimeout } from '../../src/detectors/index.ts';
import { applyOperation, textEdit, transformOperations } from '../../src/ot/index.ts';
import { Draws, randomExecution } from './executions.ts';

const LIMITS = hybridLimits({ maxDriftMs: 60_000 });

/** A run of three nodes whose wall clocks are 150 ms apart, with a message that takes 20 ms. */
const EVENTS: readonly CausalEvent[] = [
  { process: 'A' },
  { process: 'B', sends: 'm' },
  { process: 'C', receives: 'm' },
  { process: 'C' },
];
const WALL = [1_000, 1_000 + 150, 1_020 - 150, 1_030 - 150];

/** What each tool answers when it is used for a need on a fixed run; true when the need is met. */
const JUDGES: Readonly<Record<OrderingNeed, Partial<Record<OrderingTool, () => boolean>>>> = {
  'display-order': {
    lamport: () => isDisplayOrder((a, b) => compareLamport(stamps[a]!.lamport, stamps[b]!.lamport)),
    'hybrid-logical-clock': () => isDisplayOrder((a, b) => compareHybrid(hybrid[a]!, hybrid[b]!)),
    'wall-clock': () => isDisplayOrder((a, b) => WALL[a]! - WALL[b]!),
    'vector-clock': () =>
      isDisplayOrder((a, b) => ORDER[compareVectors(stamps[a]!.vector, stamps[b]!.vector)]),
  },
  'detect-concurrency': {
    'vector-clock': () => findsConcurrency((a, b) => compareVectors(stamps[a]!.vector, stamps[b]!.vector)),
    'version-vector': () => {
      const first = MVRegister.write(MVRegister.empty, 'A', 'a');
      const second = MVRegister.write(MVRegister.empty, 'B', 'b');
      return MVRegister.values(MVRegister.join(first, second)).length === 2;
    },
    lamport: () =>
      findsConcurrency((a, b) => byOrder(compareLamport(stamps[a]!.lamport, stamps[b]!.lamport))),
    'wall-clock': () => findsConcurrency((a, b) => byOrder(WALL[a]! - WALL[b]!)),
    'hybrid-logical-clock': () => findsConcurrency((a, b) => byOrder(compareHybrid(hybrid[a]!, hybrid[b]!))),
  },
  'real-time-order': {
    'true-time-commit-wait': () => {
      // Two coordinators 6 ms apart, no message between them; the second commit starts when the first is visible.
      const skew = [3_000, -3_000];
      const interval = (n: number, us: number) => ({
        earliest: us + skew[n]! - 3_000,
        latest: us + skew[n]! + 3_000,
      });
      let us = 100_000;
      const timestamps = skew.map((_, n) => {
        const state = startCommitWait();
        const timestamp = beginCommit(state, `${n}`, interval(n, us));
        while (releaseCommits(state, interval(n, us)).length === 0) us += 100;
        return timestamp;
      });
      return timestamps[0]! < timestamps[1]!;
    },
    'hybrid-logical-clock': () =>
      compareHybrid(tickHybrid(startHybrid('A'), 103, LIMITS), tickHybrid(startHybrid('B'), 98, LIMITS)) < 0,
    lamport: () => {
      const busy = stampEvents([{ process: 'A' }, { process: 'A' }, { process: 'B' }]);
      return compareLamport(busy[1]!.lamport, busy[2]!.lamport) < 0;
    },
    'wall-clock': () => {
      const [first, second] = [
        { trueMs: 100, skewMs: 3 },
        { trueMs: 101, skewMs: -3 },
      ] as const;
      return first.trueMs + first.skewMs < second.trueMs + second.skewMs;
    },
  },
  'merge-edits': {
    crdt: () => {
      const base = ORSet.empty;
      const merged = ORSet.join(ORSet.add(base, 'A', 'milk'), ORSet.add(base, 'B', 'eggs'));
      return ORSet.values(merged).length === 2;
    },
    'operational-transform': () => {
      const [a, b] = [textEdit(2, 0, 0, 'x'), textEdit(2, 2, 0, 'y')];
      const [, bAfterA] = transformOperations(a, b);
      return applyOperation(applyOperation('ab', a), bAfterA) === 'xaby';
    },
    'last-write-wins': () => {
      const a = LWWRegister.write(LWWRegister.empty, { actor: 'A', time: 5, value: 'milk' });
      const b = LWWRegister.write(LWWRegister.empty, { actor: 'B', time: 6, value: 'eggs' });
      return LWWRegister.lost(a, b) === undefined;
    },
    'version-vector': () => {
      const both = [
        MVRegister.write(MVRegister.empty, 'A', 'milk'),
        MVRegister.write(MVRegister.empty, 'B', 'eggs'),
      ];
      return MVRegister.values(both.reduce((a, b) => MVRegister.join(a, b))).length === 1;
    },
  },
};

const ORDER = { before: -1, after: 1, concurrent: 0, equal: 0 } as const;
const stamps = stampEvents(EVENTS);
const relation = happensBefore(EVENTS);
const atC = receiveHybrid(startHybrid('C'), tickHybrid(startHybrid('B'), WALL[1]!, LIMITS), WALL[2]!, LIMITS);
const hybrid = [
  tickHybrid(startHybrid('A'), WALL[0]!, LIMITS),
  tickHybrid(startHybrid('B'), WALL[1]!, LIMITS),
  atC,
  tickHybrid(atC, WALL[3]!, LIMITS),
];

function byOrder(order: number): string {
  return order < 0 ? 'before' : order > 0 ? 'after' : 'equal';
}

/** Total (no two events tie) and without an effect before its cause. */
function isDisplayOrder(compare: (a: number, b: number) => number): boolean {
  const total = EVENTS.every((_, a) => EVENTS.every((__, b) => a === b || compare(a, b) !== 0));
  return total && relation.firstContradiction(compare) === undefined;
}

function findsConcurrency(judge: (a: number, b: number) => string): boolean {
  return EVENTS.every((_, a) => EVENTS.every((__, b) => judge(a, b) === relation.relation(a, b)));
}

describe('the ordering tool chooser', () => {
  for (const need of ORDERING_NEEDS) {
    test(`S0.24 ${need}: each chosen tool passes on the run, and each other tool named fails on it`, () => {
      const advice = chooseOrderingTool(need);
      expect(advice.need).toBe(need);
      for (const tool of advice.enough) expect([tool, JUDGES[need][tool]?.()]).toEqual([tool, true]);
      for (const { tool } of advice.notEnough) expect([tool, JUDGES[need][tool]?.()]).toEqual([tool, false]);
      expect(Math.min(advice.enough.length, advice.notEnough.length)).toBeGreaterThan(0);
    });
  }
});

describe('case 5: wall clock as causal truth', () => {
  /** Region A's clock jumped ahead; A edits, B reads that edit and edits again with its own true clock. */
  const JUMP_MS = 5_000;
  const write = (state: LWWRegister, actor: string, time: number, count: number, value: string) =>
    LWWRegister.write(state, { actor, time, count, value });

  test('S0.23 S1.93 the causally newer edit loses to a clock that jumped, and is flagged', () => {
    const events: CausalEvent[] = [
      { process: 'A', sends: 'm' },
      { process: 'B', receives: 'm' },
      { process: 'B' },
    ];
    expect(happensBefore(events).before(0, 2)).toBe(true);
    const a = write(LWWRegister.empty, 'A', 10_000 + JUMP_MS, 0, 'a');
    const b = write(a, 'B', 10_040, 0, 'b');
    const merged = LWWRegister.join(a, b);
    expect(LWWRegister.value(merged)).toBe('a');
    expect(LWWRegister.lost(a, b)).toMatchObject({
      kind: 'newer',
      lost: { value: 'b' },
      kept: { value: 'a' },
    });
  });

  test('S0.23 hybrid clocks and version vectors keep the newer edit on the same run', () => {
    const stampA = tickHybrid(startHybrid('A'), 10_000 + JUMP_MS, LIMITS);
    const stampB = receiveHybrid(startHybrid('B'), stampA, 10_040, LIMITS);
    const a = write(LWWRegister.empty, 'A', stampA.l, stampA.c, 'a');
    const b = write(a, 'B', stampB.l, stampB.c, 'b');
    expect(LWWRegister.value(LWWRegister.join(a, b))).toBe('b');
    expect(LWWRegister.lost(a, b)).toBeUndefined();
    const first = MVRegister.write(MVRegister.empty, 'A', 'a');
    const both = MVRegister.join(first, MVRegister.write(first, 'B', 'b'));
    expect(MVRegister.values(both)).toEqual(['b']);
  });

  test('S0.25 lost edits, concurrency found and metadata per edit, as writers grow from 3 to 50 (X34)', () => {
    const table = [3, 10, 25, 50].map((writers) => {
      const draws = new Draws(writers);
      const events = randomExecution(draws, writers, writers * 16);
      const order = happensBefore(events);
      const stamped = stampEvents(events);
      const truth = order.concurrentPairs();
      const byVector = truth.filter(
        ([a, b]) => compareVectors(stamped[a]!.vector, stamped[b]!.vector) === 'concurrent',
      );
      const byLamport = truth.filter(([a, b]) => stamped[a]!.lamport.counter === stamped[b]!.lamport.counter);
      // Measured once everybody has heard of most others: over the second half.
      const half = stamped.slice(events.length / 2);
      const bytes = (part: (event: StampedEvent) => unknown) =>
        Math.round(half.reduce((sum, event) => sum + JSON.stringify(part(event)).length, 0) / half.length);
      expect(byVector.length).toBe(truth.length);
      expect(byLamport.length).toBeLessThan(truth.length / 10);
      const found = `${truth.length} concurrent pairs, ${byLamport.length} of them certain by Lamport stamps`;
      const wall = bytes(() => 1_700_000_000_000);
      return `${writers} writers: ${found}; ${wall}, ${bytes((e) => e.lamport)}, ${bytes((e) => e.vector)} bytes`;
    });
    expect(table).toMatchInlineSnapshot(`
      [
        "3 writers: 565 concurrent pairs, 41 of them certain by Lamport stamps; 13, 26, 42 bytes",
        "10 writers: 9176 concurrent pairs, 500 of them certain by Lamport stamps; 13, 26, 58 bytes",
        "25 writers: 70650 concurrent pairs, 3414 of them certain by Lamport stamps; 13, 27, 81 bytes",
        "50 writers: 301684 concurrent pairs, 14525 of them certain by Lamport stamps; 13, 27, 84 bytes",
      ]
    `);
    // One value per writer, all written at once: LWW keeps one of them, an MV-register all.
    for (const writers of [3, 50]) {
      const names = Array.from({ length: writers }, (_, i) => `W${i}`);
      const lww = names.map((actor, i) => LWWRegister.write(LWWRegister.empty, { actor, time: i, value: i }));
      const mv = names.map((actor, i) => MVRegister.write(MVRegister.empty, actor, i));
      let lost = 0;
      lww.reduce((a, b) => {
        if (LWWRegister.lost(a, b)) lost++;
        return LWWRegister.join(a, b);
      });
      expect(lost).toBe(writers - 1);
      expect(MVRegister.values(mv.reduce((a, b) => MVRegister.join(a, b)))).toHaveLength(writers);
    }
  });
});

describe('clock rules', () => {
  test('S1.40 durations are measured by a monotonic clock: a clock that went back is refused', () => {
    const detector = fixedTimeout({ timeoutMs: 1_000 });
    const state = detector.start(5_000);
    expect(() => detector.heartbeat(state, 4_000)).toThrow(DetectorTimeError);
  });

  test('S1.40 every record has an event time and an ingestion time, and a future event shows the skew', () => {
    const times = parseRecordTimes({ eventMs: 2_000, ingestedMs: 1_400, other: 'kept by its owner' });
    expect(times).toEqual({ eventMs: 2_000, ingestedMs: 1_400 });
    expect(recordLag(times, 500)).toEqual({ lagMs: -600, fromTheFuture: true });
    expect(recordLag(times, 600).fromTheFuture).toBe(false);
    expect(() => parseRecordTimes({ eventMs: 1 })).toThrow(
      expect.objectContaining({ path: 'record.ingestedMs' }),
    );
    expect(() => parseRecordTimes({ ingestedMs: 1 })).toThrow(
      expect.objectContaining({ path: 'record.eventMs' }),
    );
    expect(() => recordLag(times, -1)).toThrow(MalformedClockError);
  });

  test('S1.40 skew is visible with an alert bound, and no conflict is decided by a timestamp without a trace', () => {
    expect([readSkew('N', 1_000, 1_100, 100).alert, readSkew('N', 1_000, 1_101, 100).alert]).toEqual([
      false,
      true,
    ]);
    const a = LWWRegister.write(LWWRegister.empty, { actor: 'A', time: 1, value: 1 });
    const b = LWWRegister.write(LWWRegister.empty, { actor: 'B', time: 2, value: 2 });
    expect(LWWRegister.lost(a, b)?.kind).toBe('concurrent');
  });
});

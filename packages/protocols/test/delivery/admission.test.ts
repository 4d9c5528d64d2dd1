import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  admit,
  type AdmissionOptions,
  type Admitted,
  type ConcurrencyLimit,
  type LimitOptions,
  PolicyError,
  requestEnded,
  sampleLimit,
  setConcurrency,
  startAdmission,
  startLimit,
  withdrawRequest,
} from '../../src/delivery/index.ts';
import { Draws } from '../clocks/executions.ts';

const OPEN: AdmissionOptions = {
  concurrency: 4,
  queueLimit: 1_000_000,
  order: 'fifo',
  dropsExpired: false,
};
const GUARDED: AdmissionOptions = { ...OPEN, queueLimit: 20, dropsExpired: true };

interface Request {
  readonly id: number;
  readonly arrivedMs: number;
  readonly deadlineMs: number;
}

interface Load {
  readonly arrivals: number;
  /** Waits of those started, in order. */
  readonly waits: number[];
  readonly refused: number;
  readonly lateWork: number;
  readonly longestQueue: number;
  readonly atOnce: number;
}

/** A service of four workers and 40 ms a request, 100 a second, under so many a second for `forMs`; callers give up after 300 ms. */
function load(options: AdmissionOptions, perSecond: number, forMs: number, seed: number): Load {
  const draws = new Draws(seed);
  const gate = startAdmission<Request>(options);
  const ends: { atMs: number }[] = [];
  const result = { arrivals: 0, waits: [] as number[], refused: 0, lateWork: 0, longestQueue: 0, atOnce: 0 };
  const take = ({ start, shed }: Admitted<Request>, nowMs: number): void => {
    for (const request of start) {
      result.waits.push(nowMs - request.arrivedMs);
      if (nowMs >= request.deadlineMs) result.lateWork++;
      ends.push({ atMs: nowMs + 20 + draws.below(41) });
    }
    result.refused += shed.length;
    result.atOnce = Math.max(result.atOnce, gate.running);
  };
  for (let nowMs = 0; nowMs < forMs; nowMs++) {
    for (let i = ends.length - 1; i >= 0; i--) {
      if ((ends[i]?.atMs ?? 0) > nowMs) continue;
      ends.splice(i, 1);
      take(requestEnded(gate, nowMs), nowMs);
    }
    if (draws.below(1_000) < perSecond) {
      const request = { id: result.arrivals++, arrivedMs: nowMs, deadlineMs: nowMs + 300 };
      take(admit(gate, request, request.deadlineMs, nowMs), nowMs);
    }
    result.longestQueue = Math.max(result.longestQueue, gate.queue.length);
  }
  return result;
}

function p99(waits: readonly number[]): number {
  return waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.99)] ?? 0;
}

describe('admission control', () => {
  it('S3.7 above saturation the accepted are fast and the rest are told; without it all wait and work is late', () => {
    const guarded = load(GUARDED, 200, 10_000, 1);
    expect(p99(guarded.waits)).toBeLessThan(300);
    expect(guarded.lateWork).toBe(0);
    expect(guarded.longestQueue).toBeLessThanOrEqual(20);
    expect(guarded.refused).toBeGreaterThan(guarded.arrivals * 0.4);
    const open = load(OPEN, 200, 10_000, 1);
    expect(p99(open.waits)).toBeGreaterThan(3_000);
    expect(open.lateWork).toBeGreaterThan(open.waits.length * 0.8);
    expect([open.refused, open.longestQueue > 700]).toEqual([0, true]);
    // Below saturation it is not noticed.
    const calm = load(GUARDED, 60, 10_000, 1);
    expect(calm.refused).toBe(0);
  });

  it('a standing queue keeps waits to the target, and adaptive order serves who came last', () => {
    const delayed = load({ ...OPEN, delay: { targetMs: 5, intervalMs: 100 } }, 200, 10_000, 2);
    expect(p99(delayed.waits)).toBeLessThanOrEqual(100);
    const first = load({ ...GUARDED, queueLimit: 200 }, 200, 10_000, 2);
    const last = load({ ...GUARDED, queueLimit: 200, order: 'adaptive-lifo' }, 200, 10_000, 2);
    const median = (waits: number[]): number => waits.toSorted((a, b) => a - b)[waits.length >> 1] ?? 0;
    expect(median(delayed.waits)).toBeLessThan(50);
    expect(median(load(OPEN, 200, 10_000, 2).waits)).toBeGreaterThan(1_000);
    expect(median(last.waits)).toBeLessThan(median(first.waits) / 5);
  });

  /** Whether nothing is lost or doubled, and the bounds are kept, over random arrivals, ends, withdrawals and changes of the limit. */
  function isSound(ended: typeof requestEnded): boolean {
    const order = fc.constantFrom('fifo' as const, 'lifo' as const, 'adaptive-lifo' as const);
    const property = fc.property(
      order,
      fc.boolean(),
      fc.boolean(),
      fc.integer(),
      (kind, dropsExpired, delayed, seed) => {
        const draws = new Draws(seed);
        const delay = delayed ? { delay: { targetMs: 5, intervalMs: 50 } } : {};
        const gate = startAdmission<number>({
          concurrency: 2,
          queueLimit: 5,
          order: kind,
          dropsExpired,
          ...delay,
        });
        const fate = new Map<number, string>();
        const settle = ({ start, shed }: Admitted<number>): boolean => {
          const ends = [
            ...start.map((id) => [id, 'started'] as const),
            ...shed.map(({ item }) => [item, 'shed'] as const),
          ];
          return ends.every(([id, how]) => fate.get(id) === 'waits' && fate.set(id, how) !== undefined);
        };
        let underWay = 0;
        for (let nowMs = 0, id = 1; id < 80; nowMs += draws.below(20)) {
          const act = draws.below(10);
          let admitted: Admitted<number> = { start: [], shed: [] };
          if (act < 5) {
            fate.set(id, 'waits');
            admitted = admit(gate, id, nowMs + draws.below(60), nowMs);
            id++;
          } else if (act < 8 && underWay > 0) {
            underWay--;
            admitted = ended(gate, nowMs);
          } else if (act === 8) {
            const out = draws.below(id);
            if (withdrawRequest(gate, (item) => item === out, nowMs)) fate.set(out, 'withdrawn');
          } else admitted = setConcurrency(gate, 1 + draws.below(4), nowMs);
          underWay += admitted.start.length;
          const waiting = [...fate.values()].filter((how) => how === 'waits').length;
          if (!settle(admitted)) return false;
          const left = waiting - admitted.start.length - admitted.shed.length;
          if (left !== gate.queue.length || left > 5 || underWay !== gate.running) return false;
          // Nobody waits while there is room.
          if (gate.queue.length > 0 && gate.running < gate.concurrency) return false;
        }
        return true;
      },
    );
    return !fc.check(property, { seed: 37, numRuns: 150 }).failed;
  }

  it('every request is started, shed or withdrawn once, and none waits while there is room; a twin that forgets is caught', () => {
    expect(isSound(requestEnded)).toBe(true);
    const forgetful: typeof requestEnded = (gate, nowMs) => {
      const { start } = requestEnded(gate, nowMs);
      return { start, shed: [] };
    };
    expect(isSound(forgetful)).toBe(false);
  });

  it('refuses settings that are out of range, by name', () => {
    for (const [field, bad] of [
      ['concurrency', { concurrency: 0 }],
      ['queueLimit', { queueLimit: -1 }],
      ['order', { order: 'random' as 'fifo' }],
      ['delay.intervalMs', { delay: { targetMs: 5, intervalMs: 4 } }],
    ] as const) {
      expect(() => startAdmission({ ...OPEN, ...bad })).toThrow(expect.objectContaining({ field }));
    }
  });
});

/** A service that takes 10 ms for up to `capacity` at once and in proportion longer beyond; every call finds the limit in use. */
function follow(options: LimitOptions, capacity: number, calls: number): ConcurrencyLimit {
  let state = startLimit(options);
  for (let i = 0; i < calls; i++) {
    const inFlight = Math.floor(state.limit);
    state = sampleLimit(state, { tookMs: 10 * Math.max(1, inFlight / capacity), inFlight, dropped: false });
  }
  return state;
}

describe('a concurrency limit', () => {
  const aimd = { kind: 'aimd', least: 1, most: 500, backoff: 0.9, timeoutMs: 15 } as const;
  const gradient = {
    kind: 'gradient',
    least: 20,
    most: 200,
    tolerance: 1.5,
    queue: 4,
    smoothing: 0.2,
    window: 600,
  } as const;

  it('finds what the service can take, from below, and gives way when calls fail', () => {
    for (const capacity of [10, 40]) {
      const { limit } = follow(aimd, capacity, 20_000);
      expect(limit).toBeGreaterThan(capacity);
      expect(limit).toBeLessThan(capacity * 1.7);
    }
    // The gradient follows a change: calls that take four times as long as usual, and then as long as usual again.
    let state = follow(gradient, 200, 3_000);
    expect(state.limit).toBe(200);
    for (let i = 0; i < 40; i++) state = sampleLimit(state, { tookMs: 40, inFlight: 200, dropped: false });
    expect(state.limit).toBeLessThan(100);
    for (let i = 0; i < 400; i++) state = sampleLimit(state, { tookMs: 10, inFlight: 200, dropped: false });
    expect(state.limit).toBe(200);
    for (const options of [aimd, gradient]) {
      let failing = follow(options, 40, 3_000);
      for (let i = 0; i < 200; i++)
        failing = sampleLimit(failing, { tookMs: 10, inFlight: 200, dropped: true });
      expect(failing.limit).toBe(options.least);
    }
  });

  it('does not grow while less than half of it is used; a twin that looks at nothing would', () => {
    for (const options of [aimd, gradient]) {
      const start = follow(options, 40, 10);
      let state = start;
      for (let i = 0; i < 1_000; i++) state = sampleLimit(state, { tookMs: 10, inFlight: 1, dropped: false });
      expect(state.limit).toBe(start.limit);
      for (let i = 0; i < 1_000; i++)
        state = sampleLimit(state, { tookMs: 10, inFlight: 500, dropped: false });
      expect(state.limit).toBeGreaterThan(start.limit);
    }
    expect(() => startLimit({ ...aimd, backoff: 1 })).toThrow(PolicyError);
    expect(() => startLimit({ ...gradient, most: 10 })).toThrow(expect.objectContaining({ field: 'most' }));
  });
});

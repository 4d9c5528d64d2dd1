import type { Plain } from '@holdfast/plain';
import { describe, expect, it } from 'vitest';
import type { History, Operation, Outcome } from '../../src/history/operation.ts';
import { checkLinearizable } from '../../src/linearizable/check.ts';
import { sortByTime } from '../../src/linearizable/order.ts';
import { BadOrderError, replayOrder, type ValidOrder } from '../../src/linearizable/replay.ts';
import { casRegisterModel } from '../../src/models/casRegister.ts';
import { counterModel } from '../../src/models/counter.ts';
import { illegal, type Model } from '../../src/models/model.ts';
import { registerModel } from '../../src/models/register.ts';
import { Random } from './random.ts';

interface Part {
  readonly process?: number;
  readonly f: string;
  readonly input?: Plain;
  readonly output?: Plain;
  readonly outcome?: Outcome;
  readonly from: number;
  readonly to?: number;
  readonly key?: string;
}

function historyOf(...parts: Part[]): History {
  const operations = parts.map((part, id): Operation => {
    const { process = id, f, input = null, output = null, key, from, to } = part;
    const outcome = part.outcome ?? 'ok';
    return {
      id,
      process,
      f,
      key,
      input,
      outcome,
      output,
      invokedAt: from,
      completedAt: to ?? Number.POSITIVE_INFINITY,
    };
  });
  return { operations, timeUnit: 'us' };
}

const write = (input: Plain, from: number, to: number): Part => ({ f: 'write', input, from, to });
const read = (output: Plain, from: number, to: number): Part => ({ f: 'read', output, from, to });
const lost = (input: Plain, from: number): Part => ({ f: 'write', input, from, outcome: 'unknown' });

function status(history: History, model: Model = registerModel()): string {
  return checkLinearizable(history, model).status;
}

describe('outcomes', () => {
  it('S1.11 an unknown write may take effect late, or never', () => {
    expect(status(historyOf(lost(1, 0), read(null, 10, 11), read(1, 20, 21), read(1, 30, 31)))).toBe('holds');
    expect(status(historyOf(lost(1, 0), read(null, 10, 11), read(null, 20, 21)))).toBe('holds');
    expect(status(historyOf(lost(1, 0), read(1, 10, 11), read(null, 20, 21)))).toBe('violated');
    expect(status(historyOf(read(1, 0, 1), lost(1, 5)))).toBe('violated');
  });

  it('S1.11 a client that takes a timeout for a failure and retries is caught by the double effect', () => {
    const add = (outcome: Outcome): Part => ({
      f: 'add',
      input: 1,
      outcome,
      from: 0,
      ...(outcome === 'fail' && { to: 5 }),
    });
    const rest: Part[] = [{ f: 'add', input: 1, from: 6, to: 7 }, read(2, 10, 11)];
    expect(status(historyOf(add('unknown'), ...rest), counterModel())).toBe('holds');
    expect(status(historyOf(add('fail'), ...rest), counterModel())).toBe('violated');
  });

  it('a failed operation is left out, a failed compare is an observation', () => {
    const failed = (output: Plain): Part => ({
      f: 'cas',
      input: [1, 2],
      output,
      outcome: 'fail',
      from: 10,
      to: 11,
    });
    expect(
      status(
        historyOf(write(1, 0, 1), { f: 'write', input: 5, outcome: 'fail', from: 2, to: 3 }, read(1, 10, 11)),
      ),
    ).toBe('holds');
    expect(status(historyOf(write(1, 0, 1), failed(null)), casRegisterModel())).toBe('violated');
    expect(status(historyOf(write(1, 0, 1), failed('no leader')), casRegisterModel())).toBe('holds');
  });
});

describe('time', () => {
  it('S1.13 overlapping writes may take either order', () => {
    expect(status(historyOf(write(1, 0, 10), write(2, 5, 15), read(1, 20, 21)))).toBe('holds');
    expect(status(historyOf(write(1, 0, 10), write(2, 5, 15), read(2, 20, 21)))).toBe('holds');
    expect(status(historyOf(write(1, 0, 10), write(2, 5, 15), read(1, 20, 21), read(2, 30, 31)))).toBe(
      'violated',
    );
  });

  it.each(['auto', 'search'] as const)(
    'operations that touch at an instant overlap, unless one process did both (%s)',
    (method) => {
      const touching = (process: number): History =>
        historyOf({ ...write(1, 0, 5), process: 0 }, { ...read(null, 5, 9), process });
      expect(checkLinearizable(touching(1), registerModel(), { method }).status).toBe('holds');
      expect(checkLinearizable(touching(0), registerModel(), { method }).status).toBe('violated');
      // Two clients that both go on at the instant 5: each keeps its own order, but either may be ahead of the other.
      const both = (seen: Plain): History =>
        historyOf(
          { ...write(1, 0, 5), process: 0 },
          { ...read(seen, 0, 5), process: 1 },
          { ...write(2, 5, 9), process: 0 },
          { ...read(null, 5, 9), process: 1 },
        );
      expect(checkLinearizable(both(null), registerModel(), { method }).status).toBe('holds');
      expect(checkLinearizable(both(1), registerModel(), { method }).status).toBe('violated');
    },
  );
});

describe('many operations', () => {
  it('more than 32 open at once are judged as the same operations of unknown outcome are', () => {
    const decided = { holds: 0, violated: 0, undecided: 0 };
    for (let seed = 0; seed < 60; seed++) {
      const random = new Random(seed);
      const open: Part[] = [];
      for (let i = 0; i < 45; i++) open.push(write(i % 2 === 0 ? 0 : 1, i, 10_000 + i));
      const short: Part[] = [];
      let value: Plain = null;
      for (let i = 0; i < 60; i++) {
        const from = 100 + 10 * i;
        if (random.chance(40)) {
          value = random.below(4);
          short.push(write(value, from, from + 15));
        } else short.push(read(random.chance(4) ? random.below(4) : value, from, from + 15));
      }
      const options = { method: 'search', explain: false } as const;
      const known = checkLinearizable(historyOf(...open, ...short), registerModel(), options);
      const unknown = open.map(({ input = null, from }) => lost(input, from));
      const same = checkLinearizable(historyOf(...unknown, ...short), registerModel(), options);
      expect({ seed, status: known.status }).toEqual({ seed, status: same.status });
      decided[known.status]++;
    }
    expect(decided.undecided).toBe(0);
    expect(Math.min(decided.holds, decided.violated)).toBeGreaterThan(5);
  });

  it('S1.13 thousands of unknown operations do not make the search explode', () => {
    const parts: Part[] = [];
    for (let i = 0; i < 3_000; i++) {
      parts.push(lost(i % 7, 10 * i), write(i % 5, 10 * i + 1, 10 * i + 4));
      // Every third read sees what an unknown write left behind, some time ago.
      parts.push(read(i % 3 === 0 ? (i * 2) % 7 : i % 5, 10 * i + 5, 10 * i + 9));
    }
    const holding = checkLinearizable(historyOf(...parts.slice(60)), casRegisterModel());
    expect(holding.status).toBe('holds');
    expect(holding.evidence.steps).toBeLessThan(20 * parts.length);
    parts.push(read(99, 40_000, 40_001));
    const violated = checkLinearizable(historyOf(...parts.slice(60)), casRegisterModel(), { explain: false });
    expect(violated.status).toBe('violated');
    expect(violated.evidence.steps).toBeLessThan(400 * parts.length);
  });

  it('a long history takes steps in proportion, and its order explains it', () => {
    const parts: Part[] = [];
    for (let i = 0; i < 20_000; i++)
      parts.push(i % 2 === 0 ? write(i, 10 * i, 10 * i + 55) : read(i - 1, 10 * i, 10 * i + 45));
    const history = historyOf(...parts);
    for (const method of ['auto', 'search'] as const) {
      const { status: found, evidence } = checkLinearizable(history, registerModel(), { method });
      expect(found).toBe('holds');
      expect(evidence.steps).toBeLessThan(6 * parts.length);
      expect(evidence.order).toHaveLength(parts.length);
      replayOrder(history.operations, Int32Array.from(evidence.order ?? []), registerModel());
    }
  });

  it('a violation in a long register of unique values is explained by the few operations in conflict', () => {
    const parts: Part[] = [];
    for (let i = 0; i < 30_000; i++)
      parts.push(write(i, 10 * i, 10 * i + 4), read(i, 10 * i + 5, 10 * i + 9));
    parts.push(read(17, 400_000, 400_001));
    const { status: found, evidence, reason } = checkLinearizable(historyOf(...parts), registerModel());
    expect(found).toBe('violated');
    expect(evidence.blocking?.output).toBe(17);
    expect(evidence.minimal?.length).toBeLessThanOrEqual(3);
    expect(reason).toContain('read 17');
  });

  it('objects take turns, so that a hard one does not keep an easy violation waiting', () => {
    const parts: Part[] = [];
    // Without foresight: twenty open writes, a read that sees none of them: every selection and order of them is tried.
    for (let i = 0; i < 20; i++) parts.push({ ...write(i, i, 1_000 + i), key: 'hard' });
    for (let i = 0; i < 20; i++) parts.push({ ...read(i, 30 + i, 2_000 + i), key: 'hard' });
    parts.push({ ...read(-1, 100, 900), key: 'hard' }, { ...read(5, 101, 102), key: 'easy' });
    const history = historyOf(...parts);
    const model: Model<Plain> = { ...registerModel(), canReach: () => true };
    const { status: found, evidence } = checkLinearizable(history, model, {
      method: 'search',
      stepBudget: 100_000,
    });
    expect(found).toBe('violated');
    expect(evidence.blocking?.key).toBe('easy');
    const hard = historyOf(...parts.filter((part) => part.key === 'hard'));
    const alone = checkLinearizable(hard, model, { method: 'search', stepBudget: 100_000 });
    expect(alone.status).toBe('undecided');
  });
});

describe("a model of one's own", () => {
  it('is ordinary TypeScript: init, step, and the rest as wished', () => {
    const toggle: Model<boolean> = {
      name: 'toggle',
      init: () => false,
      step: (isOn, { f, output, outcome }) => {
        if (f === 'look') return outcome === 'unknown' || output === isOn ? isOn : illegal;
        return !isOn;
      },
    };
    const look = (output: boolean, from: number, to: number): Part => ({ f: 'look', output, from, to });
    const press = (from: number, to: number): Part => ({ f: 'press', from, to });
    expect(status(historyOf(press(0, 10), press(1, 11), look(true, 5, 6), look(false, 20, 21)), toggle)).toBe(
      'holds',
    );
    const bad = checkLinearizable(historyOf(press(0, 10), press(1, 11), look(true, 20, 21)), toggle);
    expect(bad.status).toBe('violated');
    expect(bad.reason).toBe(
      'process 2 did look with result true (20 to 21 us), after process 0 did press (0 to 10 us) and process 1 did press ' +
        '(1 to 11 us): no order of these keeps real time and makes every result true',
    );
  });
});

describe('replayOrder', () => {
  const history = historyOf(write(1, 0, 5), read(1, 6, 9), { ...lost(2, 7), process: 9 });
  const replay = (...order: number[]): ValidOrder =>
    replayOrder(history.operations, Int32Array.from(order), registerModel());

  it('accepts an order that explains the history, with or without the unknown operations', () => {
    expect(() => replay(0, 1)).not.toThrow();
    expect(replay(0, 1, 2)).toEqual({ ids: [0, 1, 2], unknown: 1 });
  });

  it.each([
    [[0], 'operation 1 is missing'],
    [[0, 1, 1], 'stands in it twice'],
    [[0, 1, 3], 'there is no operation at 3'],
    [[0, 2, 1], 'operation 1 is illegal where it stands'],
  ])('refuses the order %j: %s', (order, reason) => {
    expect(() => replay(...order)).toThrow(BadOrderError);
    expect(() => replay(...order)).toThrow(reason);
  });

  it('refuses to turn real time round', () => {
    const { operations } = historyOf(write(1, 0, 5), write(2, 6, 9));
    expect(() => replayOrder(operations, Int32Array.of(1, 0), registerModel())).toThrow(
      'had completed before one placed ahead of it was invoked',
    );
  });

  it('refuses to turn one process round at an instant', () => {
    const { operations } = historyOf({ ...write(1, 0, 5), process: 3 }, { ...read(null, 5, 9), process: 3 });
    expect(() => replayOrder(operations, Int32Array.of(1, 0), registerModel())).toThrow(
      'stands behind a later one of process 3',
    );
  });
});

describe('sortByTime', () => {
  it('sorts by time, ties by index, whether nearly sorted or not', () => {
    for (let seed = 0; seed < 60; seed++) {
      const random = new Random(seed);
      const size = random.below(400);
      const spread = seed % 3 === 0 ? 3 : 1_000;
      const times = Float64Array.from(
        { length: size },
        (_, i) => (seed % 2 === 0 ? size - i : i) + random.below(spread),
      );
      const indexes = Int32Array.from(times.keys());
      const expected = [...indexes].sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
      sortByTime(indexes, times);
      expect([...indexes]).toEqual(expected);
    }
  });
});

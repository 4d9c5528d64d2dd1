import { describe, expect, it } from 'vitest';
import type { History, Operation } from '../../src/history/operation.ts';
import { checkLinearizable, NoRealTimeError } from '../../src/linearizable/check.ts';
import { insistOn } from '../../src/linearizable/minimise.ts';
import { splitParts } from '../../src/linearizable/parts.ts';
import { replayOrder } from '../../src/linearizable/replay.ts';
import { casRegisterModel } from '../../src/models/casRegister.ts';
import type { Model } from '../../src/models/model.ts';
import { registerModel } from '../../src/models/register.ts';
import { bruteForce } from './bruteForce.ts';
import { etcdTable, fixture } from './fixtures.ts';
import { randomHistory, smallShape } from './generate.ts';
import { Random } from './random.ts';
import { subjects } from './subjects.ts';

function op(
  id: number,
  process: number,
  f: string,
  value: number | null,
  from: number,
  to: number,
): Operation {
  const isRead = f === 'read';
  return {
    id,
    process,
    f,
    input: isRead ? null : value,
    outcome: 'ok',
    output: isRead ? value : null,
    invokedAt: from,
    completedAt: to,
  };
}

function historyOf(...operations: Operation[]): History {
  return { operations, timeUnit: 'us' };
}

function withOnly<S>(history: History, kept: readonly Operation[], model: Model<S>): History {
  return { ...history, operations: insistOn(history.operations, new Set(kept), model) };
}

describe('a violation', () => {
  it('S1.13 a read of the old value that starts after the write returned is rejected, with the reason in words', () => {
    const history = historyOf(
      op(0, 1, 'write', 1, 0, 5),
      op(1, 0, 'write', 2, 10, 20),
      op(2, 2, 'write', 7, 12, 40),
      op(3, 3, 'read', 1, 25, 30),
    );
    const { status, reason, evidence } = checkLinearizable(history, registerModel());
    expect(status).toBe('violated');
    expect(reason).toBe(
      'process 3 read 1 (25 to 30 us), but process 0 wrote 2 (10 to 20 us) had completed before it began, and ' +
        'all that could have led to it was over before that: process 1 wrote 1 (0 to 5 us)',
    );
    expect(evidence.blocking?.id).toBe(3);
    expect(evidence.minimal?.map((o) => o.id)).toEqual([0, 1, 3]);
    expect(evidence.prefixes?.[0]).toEqual(expect.arrayContaining([0, 1]));
  });

  it('a value nobody wrote is told as such', () => {
    const history = historyOf(op(0, 0, 'write', 1, 0, 5), op(1, 1, 'read', 9, 6, 8));
    const { reason, evidence } = checkLinearizable(history, registerModel());
    expect(reason).toBe(
      'process 1 read 9 (6 to 8 us), which nothing that was done could have led to, whenever it took effect',
    );
    expect(evidence.minimal?.map((o) => o.id)).toEqual([1]);
  });

  it('has a sub-history that is violated whatever became of the rest, and explained once any of it is spared', () => {
    let seen = 0;
    for (const subject of Object.values(subjects)) {
      for (let seed = 0; seed < 300; seed++) {
        const random = new Random(seed);
        const history = randomHistory(subject, smallShape(random), random);
        const { status, evidence } = checkLinearizable(history, subject.model);
        if (status !== 'violated') continue;
        seen++;
        const { minimal = [], blocking } = evidence;
        expect(minimal).toContain(blocking);
        expect(bruteForce({ ...history, operations: minimal }, subject.model)).toBe(false);
        const [part] = splitParts(history, subject.model, false);
        const known: History = { ...history, operations: part?.operations ?? [] };
        expect(bruteForce(withOnly(known, minimal, subject.model), subject.model)).toBe(false);
        for (const spared of minimal) {
          const rest = minimal.filter((o) => o !== spared);
          const isExplained = bruteForce(withOnly(known, rest, subject.model), subject.model);
          if (!isExplained) expect({ seed, spared, minimal, history }).toBe('explained once spared');
        }
      }
    }
    expect(seen).toBeGreaterThan(500);
  });

  it('on the recorded etcd histories has a minimal sub-history that is violated alone, and prefixes that are not', () => {
    for (const [file, linearizable] of etcdTable()) {
      if (linearizable) continue;
      const history = fixture(`jepsen-etcd/${file}`);
      const { evidence } = checkLinearizable(history, casRegisterModel());
      const { minimal = [], blocking, prefixes = [] } = evidence;
      expect(minimal.length).toBeGreaterThan(1);
      expect(checkLinearizable({ ...history, operations: minimal }, casRegisterModel()).status).toBe(
        'violated',
      );
      expect(prefixes.length).toBeGreaterThan(0);
      for (const prefix of prefixes) {
        const order = prefix.map((id) => history.operations[id] as Operation);
        replayOrder(order, Int32Array.from(order.keys()), casRegisterModel());
        expect(prefix).not.toContain(blocking?.id);
      }
    }
  });
});

describe('a verdict', () => {
  it('is undecided when the step budget is spent, and only then', () => {
    const history = fixture('kv/c50-ok.txt');
    const { status, evidence, reason } = checkLinearizable(
      history,
      subjects['kv']?.model ?? registerModel(),
      { stepBudget: 500 },
    );
    expect(status).toBe('undecided');
    expect(evidence.steps).toBeGreaterThanOrEqual(500);
    expect(evidence.steps).toBeLessThan(1_500);
    expect(reason).toMatch(/^The budget of 500 steps was spent with \d+ of 10 objects \(.*\) undecided$/);
  });

  it('is refused for a history that does not compare the times of different processes', () => {
    const history: History = { ...historyOf(op(0, 0, 'write', 1, 0, 5)), order: 'session' };
    expect(() => checkLinearizable(history, registerModel())).toThrow(NoRealTimeError);
  });

  it('holds for the empty history', () => {
    expect(checkLinearizable(historyOf(), registerModel())).toMatchObject({
      status: 'holds',
      evidence: { examined: 0, order: [] },
    });
  });
});

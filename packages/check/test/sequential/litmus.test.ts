import { describe, expect, it } from 'vitest';
import { checkLinearizable } from '../../src/linearizable/check.ts';
import { BadOrderError } from '../../src/linearizable/replay.ts';
import { casRegisterModel } from '../../src/models/casRegister.ts';
import { fifoQueueModel } from '../../src/models/fifoQueue.ts';
import { registerModel } from '../../src/models/register.ts';
import type { History, Operation } from '../../src/history/operation.ts';
import { checkSequential } from '../../src/sequential/check.ts';
import { replaySequential } from '../../src/sequential/replay.ts';
import { historyOf, minimalityFault } from '../litmus/build.ts';
import { randomHistory, smallShape } from '../linearizable/generate.ts';
import { Random as ModelRandom } from '../linearizable/random.ts';
import { subjects } from '../linearizable/subjects.ts';
import { Random } from '../litmus/random.ts';
import { smallWeakShape, weakHistory } from '../litmus/weakHistories.ts';

const model = registerModel();

describe('sequential consistency', () => {
  it('S1.14 accepts the stale read of another process that linearizability rejects', () => {
    const stale = historyOf('0 w x 1', '1 r x -');
    expect(checkLinearizable(stale, model).status).toBe('violated');
    const { status, reason, evidence } = checkSequential(stale, model);
    expect(status).toBe('holds');
    expect(reason).toBe(
      '2 operations fit one order that keeps the order of each process and that register allows',
    );
    expect(evidence.order).toEqual([1, 0]);
  });

  it('S1.14 rejects a process that sees two writes in an order that fits no single order', () => {
    const split = historyOf('0 w x 1', '1 w x 2', '2 r x 1', '2 r x 2', '3 r x 2', '3 r x 1');
    const { status, reason, evidence } = checkSequential(split, model);
    expect(status).toBe('violated');
    expect(evidence.minimal?.map((o) => o.id)).toEqual([2, 3, 4, 5]);
    expect(reason).toMatch(/^No single order of all operations is possible: /);
    expect(reason.split('; ').length).toBeGreaterThan(1);
  });

  it('S1.14 rejects store buffering, which causal consistency allows', () => {
    expect(checkSequential(historyOf('0 w x 1', '0 r y -', '1 w y 1', '1 r x -'), model).status).toBe(
      'violated',
    );
  });

  it('judges any model, and all its objects together', () => {
    const queue = (process: number, f: string, value: number | null, id: number): Operation => ({
      id,
      process,
      f,
      input: f === 'enqueue' ? value : null,
      outcome: 'ok',
      output: f === 'dequeue' ? value : null,
      invokedAt: id * 10,
      completedAt: id * 10 + 5,
    });
    const late: History = {
      operations: [queue(0, 'enqueue', 1, 0), queue(1, 'enqueue', 2, 1), queue(2, 'dequeue', 2, 2)],
      timeUnit: 'us',
    };
    expect(checkSequential(late, fifoQueueModel()).status).toBe('holds');
    const wrong: History = {
      operations: [queue(0, 'enqueue', 1, 0), queue(0, 'enqueue', 2, 1), queue(2, 'dequeue', 2, 2)],
      timeUnit: 'us',
    };
    const { status, reason, evidence } = checkSequential(wrong, fifoQueueModel());
    expect(status).toBe('violated');
    expect(reason).toBe(
      'No single order that keeps the order of each process makes every result true: process 0 added 1 to the queue (0 to 5 ' +
        'us), process 0 added 2 to the queue (10 to 15 us) and process 2 took 2 from the queue (20 to 25 us)',
    );
    expect(evidence.blocking?.id).toBe(2);
  });

  it('does not need real time', () => {
    const history: History = { ...historyOf('0 w x 1', '1 r x -', '1 r x 1'), order: 'session' };
    expect(checkSequential(history, model).status).toBe('holds');
  });

  it('a spent budget is undecided, and more of it decides', () => {
    const lines = Array.from(
      { length: 60 },
      (_, i) => `${i % 6} ${i % 3 === 0 ? 'r' : 'w'} x ${1 + (i % 2)}`,
    );
    const history = historyOf(...lines, '0 w x 3', '1 r x 3', '1 r x 9', '2 w x 9');
    const verdict = checkSequential(history, model, { stepBudget: 20 });
    expect(verdict.status).toBe('undecided');
    expect(verdict.reason).toMatch(
      /^The budget of 20 steps was spent; the longest order found so far has \d+ of 64 operations$/,
    );
    expect(checkSequential(history, model).status).not.toBe('undecided');
  });

  it('thousands of unknown operations do not make it explode', () => {
    const lines = ['0 w x 1', '0 r x 1'];
    for (let i = 0; i < 2_000; i++) lines.push(`${i + 10} w? x ${2 + (i % 3)}`);
    lines.push('1 r x 3', '1 r x 2', '1 r x 4', '2 r x 1');
    const repeated = checkSequential(historyOf(...lines), casRegisterModel());
    expect(repeated.status).toBe('holds');
    expect(repeated.evidence.steps).toBeLessThan(200_000);
  });
});

describe('evidence', () => {
  it('the minimal sub-history is violated and no operation of it can be spared: reads and writes', () => {
    let seen = 0;
    for (let seed = 0; seed < 700; seed++) {
      const random = new Random(seed + 10_000);
      const history = weakHistory(random, { ...smallWeakShape(random), operations: 12 });
      const verdict = checkSequential(history, model);
      if (verdict.status !== 'violated') continue;
      seen++;
      const fault = minimalityFault(history, model, verdict, (h) =>
        checkSequential(h, model, { explain: false }),
      );
      if (fault !== undefined) expect({ seed, fault, verdict }).toEqual({ seed, fault: undefined, verdict });
    }
    expect(seen).toBeGreaterThan(200);
  });

  it('the minimal sub-history is violated and no operation of it can be spared: every model', () => {
    let seen = 0;
    for (const subject of Object.values(subjects)) {
      for (let seed = 0; seed < 60; seed++) {
        const random = new ModelRandom(seed);
        const history = randomHistory(subject, { ...smallShape(random), wrong: 50 }, random);
        const verdict = checkSequential(history, subject.model);
        if (verdict.status !== 'violated') continue;
        seen++;
        const fault = minimalityFault(history, subject.model, verdict, (h) =>
          checkSequential(h, subject.model, { explain: false }),
        );
        if (fault !== undefined)
          expect({ seed, fault, verdict }).toEqual({ seed, fault: undefined, verdict });
      }
    }
    expect(seen).toBeGreaterThan(100);
  });

  it('an order that does not explain the history is not accepted', () => {
    const { operations } = historyOf('0 w x 1', '0 w x 2', '1 r x 2', '2 w? x 9');
    const [first, second, read, unknown] = operations;
    if (first === undefined || second === undefined || read === undefined || unknown === undefined)
      throw new TypeError();
    const replay =
      (...order: readonly Operation[]) =>
      () =>
        replaySequential(operations, order, model);
    expect(replay(first, second, read)).not.toThrow();
    expect(replay(first, second, read, unknown)).not.toThrow();
    expect(replay(first, second)).toThrow('operation 2 is missing');
    expect(replay(second, first, read)).toThrow('operation 0 of process 0 stands behind a later one');
    expect(replay(first, read, second)).toThrow('operation 2 is illegal where it stands');
    expect(replay(first, first, second, read)).toThrow(BadOrderError);
  });
});

import { describe, expect, it } from 'vitest';
import { NotRegisterError } from '../../src/causal/errors.ts';
import type { History } from '../../src/history/operation.ts';
import { checkLinearizable } from '../../src/linearizable/check.ts';
import { counterModel } from '../../src/models/counter.ts';
import { registerModel } from '../../src/models/register.ts';
import { RealTimeError } from '../../src/staleness/realTime.ts';
import { checkRegular } from '../../src/staleness/regular.ts';
import { checkTimeStaleness } from '../../src/staleness/time.ts';
import { checkVersionStaleness } from '../../src/staleness/versions.ts';
import { historyOf, minimalityFault } from '../litmus/build.ts';
import { Random } from '../litmus/random.ts';
import { smallWeakShape, weakHistory } from '../litmus/weakHistories.ts';

const model = registerModel();

/** The history with other times: `[id]: [invoked, completed]`. */
function timed(history: History, times: Readonly<Record<number, readonly [number, number]>>): History {
  const operations = history.operations.map((operation) => {
    const [invokedAt, completedAt] = times[operation.id] ?? [operation.invokedAt, operation.completedAt];
    return { ...operation, invokedAt, completedAt };
  });
  return { ...history, operations };
}

describe('regular and safe registers', () => {
  // A long write; one read during it sees the new value, a later one the old value again.
  const flicker = timed(historyOf('0 w x 1', '0 w x 2', '1 r x 2', '2 r x 1'), { 1: [10, 60] });

  it('a regular register may go back during a write; linearizability may not', () => {
    expect(checkRegular(flicker, model, 'regular').status).toBe('holds');
    expect(checkLinearizable(flicker, model).status).toBe('violated');
  });

  it('a safe register may return anything during a write, a regular one may not', () => {
    const garbage = timed(historyOf('0 w x 1', '0 w x 2', '1 r x 7'), { 1: [10, 60] });
    expect(checkRegular(garbage, model, 'safe').status).toBe('holds');
    const { status, reason } = checkRegular(garbage, model, 'regular');
    expect(status).toBe('violated');
    expect(reason).toBe('process 1 read 7 from x (20 to 25 us), a value that nobody wrote');
  });

  it('a replaced value, the initial value and the future are rejected in words', () => {
    const replaced = checkRegular(historyOf('0 w x 1', '0 w x 2', '1 r x 1'), model, 'safe');
    expect(replaced.reason).toBe(
      'process 1 read 1 from x (20 to 25 us), but process 0 wrote 2 to x (10 to 15 us) had replaced that, behind process 0 wrote 1 ' +
        'to x (0 to 5 us), before it began',
    );
    expect(checkRegular(historyOf('0 w x 1', '1 r x -'), model, 'regular').reason).toBe(
      'process 1 read null from x (10 to 15 us), the value before any write, although process 0 wrote 1 to x (0 to 5 us) was over ' +
        'when it began',
    );
    expect(checkRegular(historyOf('1 r x 1', '0 w x 1'), model, 'regular').reason).toBe(
      'process 1 read 1 from x (0 to 5 us), which process 0 wrote 1 to x (10 to 15 us) only after it',
    );
  });

  it.each(['regular', 'safe'] as const)(
    '%s: the minimal sub-history is violated and nothing can be spared',
    (kind) => {
      let seen = 0;
      for (let seed = 0; seed < 600; seed++) {
        const random = new Random(seed + 600_000);
        const history = weakHistory(random, smallWeakShape(random));
        const verdict = checkRegular(history, model, kind);
        if (verdict.status !== 'violated') continue;
        seen++;
        const fault = minimalityFault(history, model, verdict, (h) =>
          checkRegular(h, model, 'regular', { explain: false }),
        );
        if (fault !== undefined)
          expect({ seed, fault, verdict }).toEqual({ seed, fault: undefined, verdict });
      }
      expect(seen).toBeGreaterThan(50);
    },
  );
});

describe('bounded staleness', () => {
  const behind = historyOf('0 w x 1', '0 w x 2', '0 w x 3', '1 r x 1', '1 r x 3');

  it('S1.159 rejects a read older than the bound in versions, accepts it within, and tells the largest lag', () => {
    const strict = checkVersionStaleness(behind, model, { versions: 1 });
    expect(strict.status).toBe('violated');
    expect(strict.lag).toBe(2);
    expect(strict.reason).toMatch(/^With reads allowed to be 1 version behind: process 1 read 1 from x/);
    expect(strict.reason).toMatch(/; the stalest read was 2 versions behind$/);
    expect(strict.evidence.blocking?.id).toBe(3);
    const loose = checkVersionStaleness(behind, model, { versions: 5 });
    expect(loose.status).toBe('holds');
    expect(loose.reason).toMatch(
      /, with reads at most 5 versions behind; the stalest read was 2 versions behind$/,
    );
  });

  it('S1.159 rejects a read older than the bound in time, accepts it within, and tells the largest lag', () => {
    // The value 1 was replaced when the write of 2, over at 15, had come; the read began at 30.
    const strict = checkTimeStaleness(behind, model, { within: 10 });
    expect(strict.status).toBe('violated');
    expect(strict.lag).toBe(15);
    expect(strict.reason).toMatch(
      /^process 1 read 1 from x \(30 to 35 us\) cannot be explained even if every read had begun 10 us earlier together with /,
    );
    expect(strict.reason).toMatch(/; the stalest read was 15 us behind$/);
    expect(strict.evidence.blocking).toBe(behind.operations[3]);
    expect(strict.evidence.minimal?.every((o) => behind.operations[o.id] === o)).toBe(true);
    const loose = checkTimeStaleness(behind, model, { within: 15 });
    expect(loose.status).toBe('holds');
    expect(loose.lag).toBe(15);
  });

  it('S1.159 a bound of 0 is the linearizability test', () => {
    let violated = 0;
    for (let seed = 0; seed < 1_500; seed++) {
      const random = new Random(seed + 700_000);
      const history = weakHistory(random, smallWeakShape(random));
      const { status } = checkLinearizable(history, model, { explain: false });
      const options = { explain: false, measure: false };
      expect(checkVersionStaleness(history, model, { versions: 0, ...options }).status).toBe(status);
      expect(checkTimeStaleness(history, model, { within: 0, ...options }).status).toBe(status);
      if (status === 'violated') violated++;
    }
    expect(violated).toBeGreaterThan(200);
  });

  it('a value out of the future is violated whatever the bound', () => {
    const future = historyOf('1 r x 1', '0 w x 1');
    expect(checkTimeStaleness(future, model, { within: 1_000_000 })).toMatchObject({
      status: 'violated',
      lag: undefined,
    });
    expect(checkVersionStaleness(future, model, { versions: 9 })).toMatchObject({
      status: 'violated',
      lag: undefined,
    });
  });

  it('real-time judges refuse a history in which only sessions are ordered, and bad bounds', () => {
    const session: History = { ...behind, order: 'session' };
    expect(() => checkRegular(session, model, 'regular')).toThrow(RealTimeError);
    expect(() => checkVersionStaleness(session, model, { versions: 1 })).toThrow(RealTimeError);
    expect(() => checkTimeStaleness(session, model, { within: 1 })).toThrow("its order is 'session'");
    expect(() => checkVersionStaleness(behind, model, { versions: 1.5 })).toThrow(RangeError);
    expect(() => checkTimeStaleness(behind, model, { within: -1 })).toThrow(RangeError);
    expect(() => checkRegular(behind, counterModel(), 'safe')).toThrow(NotRegisterError);
    expect(() => checkTimeStaleness(behind, counterModel(), { within: 1 })).toThrow(NotRegisterError);
  });
});

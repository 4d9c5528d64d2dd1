import { describe, expect, it } from 'vitest';
import { availabilityChecker, checkAvailability } from '../../src/plain/availability.ts';
import { PlainOptionsError } from '../../src/plain/errors.ts';
import { expectAgreement, historyOf, type Row } from './support.ts';

describe('availability', () => {
  it('agrees with its definition on 5,000 random histories, in all and by interval', () => {
    const options = { minimum: 0.6, minimumOf: { read: 0.9 }, interval: 4 };
    const step = (random: { chance(percent: number): boolean }) => ({
      f: random.chance(50) ? 'read' : 'write',
      input: null,
      output: null,
    });
    const seen = expectAgreement(availabilityChecker(options), step, 5_000, ({ operations }) => {
      const stretches = [operations, ...new Set(operations.map((o) => Math.floor(o.invokedAt / 4)))].map(
        (part) =>
          typeof part === 'number' ? operations.filter((o) => Math.floor(o.invokedAt / 4) === part) : part,
      );
      const groups = stretches.flatMap((part) => [
        { part, least: 0.6 },
        { part: part.filter((o) => o.f === 'read'), least: 0.9 },
      ]);
      const bad = groups.filter(
        ({ part, least }) => part.filter((o) => o.outcome === 'ok').length < least * part.length,
      );
      return { unavailable: bad.length };
    });
    expect(seen.get('unavailable')).toBeGreaterThan(500);
  });

  it('names the share, and the first operation without an answer', () => {
    const { reason, measures, evidence } = checkAvailability(
      historyOf(
        [0, 'read', null, 1, 0, 5],
        [1, 'write', 1, 'no leader', 3, 6, { outcome: 'fail' }],
        [2, 'read', null, null, 4, null],
      ),
    );
    expect(reason).toBe(
      '1 of 3 all operations were answered (33.33 %), 100 % had to be: the first without an answer was operation 1, process 1 ' +
        "was refused 'write' (3 to 6 us)",
    );
    expect(measures?.['share']).toBeCloseTo(1 / 3);
    expect(evidence.minimal).toHaveLength(1);
  });

  it('takes a compare-and-set told of another value for an answer, and one that met an error for none', () => {
    const cas = (output: string | null): Row => [0, 'cas', [1, 2], output, 0, 5, { outcome: 'fail' }];
    expect(checkAvailability(historyOf(cas(null))).status).toBe('holds');
    expect(checkAvailability(historyOf(cas('no leader'))).status).toBe('violated');
    const all = checkAvailability(historyOf(cas('no leader')), {
      isAnswer: ({ outcome }) => outcome !== 'unknown',
    });
    expect(all.status).toBe('holds');
  });

  it('counts only what lies in its time, and not what the end cut short', () => {
    const rows = [
      [0, 'read', null, null, 0, null],
      [1, 'read', null, 1, 50, 55],
      [2, 'read', null, null, 95, null],
    ] as const;
    const history = { ...historyOf(...rows), endedAt: 100 };
    expect(checkAvailability(history, { from: 10, grace: 10 })).toMatchObject({
      status: 'holds',
      counts: { operations: 1 },
    });
    expect(checkAvailability(history, { from: 10 }).status).toBe('violated');
    expect(checkAvailability(history, { from: 10, until: 20 }).reason).toMatch(/^nothing was examined/);
  });

  it('refuses shares and intervals that make no sense', () => {
    expect(() => checkAvailability(historyOf(), { minimum: 99 })).toThrow(PlainOptionsError);
    expect(() => checkAvailability(historyOf(), { interval: 0 })).toThrow(/Cannot check with interval as 0/);
  });
});

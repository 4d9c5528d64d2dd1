import { describe, expect, it } from 'vitest';
import { encodePlain, type Plain } from '@holdfast/plain';
import type { History, Operation } from '../../src/history/operation.ts';
import { checkSetFinal, setFinalChecker } from '../../src/plain/setFinal.ts';
import { checkSetFull, setFullChecker } from '../../src/plain/setFull.ts';
import type { Random } from '../linearizable/random.ts';
import { expectAgreement, historyOf, type Step } from './support.ts';

const VALUES: readonly Plain[] = [1, 2, 'a'];

function setStep(random: Random): Step {
  if (random.chance(45)) return { f: 'add', input: random.pick(VALUES), output: null };
  const output = VALUES.flatMap((value) => (random.chance(60) ? [value] : []));
  if (random.chance(5)) output.push(random.pick(VALUES));
  return { f: 'read', input: null, output };
}

function sees(read: Operation, value: Plain): boolean {
  return (read.output as readonly Plain[]).some((item) => encodePlain(item) === encodePlain(value));
}

/** What `set-full` promises, element by element, straight from its definition. */
function setFullByDefinition({ operations }: History): Record<string, number> {
  const counts = { lost: 0, stale: 0, unexpected: 0, duplicate: 0, 'never-read': 0, stable: 0 };
  const reads = operations.filter((o) => o.f === 'read' && o.outcome === 'ok');
  for (const value of VALUES) {
    const adds = operations.filter((o) => o.f === 'add' && o.outcome !== 'fail' && o.input === value);
    const triedBy = (read: Operation): boolean => adds.some((add) => add.invokedAt <= read.completedAt);
    for (const read of reads) {
      const times = (read.output as readonly Plain[]).filter((item) => item === value).length;
      if (times > 1) counts.duplicate++;
      if (times > 0 && !triedBy(read)) counts.unexpected++;
    }
    if (adds.length === 0) continue;
    const witnesses = [
      ...adds.filter((add) => add.outcome === 'ok'),
      ...reads.filter((read) => sees(read, value) && triedBy(read)),
    ];
    const known = Math.min(...witnesses.map((witness) => witness.completedAt));
    const seen = reads.filter((read) => sees(read, value));
    const missed = reads.filter((read) => !sees(read, value) && read.invokedAt > known);
    const lastSeen = Math.max(-1, ...seen.map((read) => read.id));
    const lastMissed = Math.max(-1, ...missed.map((read) => read.id));
    if (lastMissed > lastSeen) counts.lost++;
    else if (lastSeen >= 0) {
      counts.stable++;
      if (lastMissed >= 0) counts.stale++;
    } else if (adds.some((add) => add.outcome === 'ok')) counts['never-read']++;
  }
  return counts;
}

describe('set-full', () => {
  it('agrees with its definition on 10,000 random histories, with findings that show themselves', () => {
    const seen = expectAgreement(setFullChecker(), setStep, 10_000, setFullByDefinition);
    for (const kind of ['lost', 'stale', 'unexpected', 'duplicate', 'never-read', 'stable']) {
      expect(seen.get(kind) ?? 0).toBeGreaterThan(100);
    }
  });

  it('names the element lost, who added it, and the read that missed it', () => {
    const { status, reason, evidence, counts } = checkSetFull(
      historyOf([0, 'add', 7, null, 0, 5], [1, 'read', null, [7], 6, 8], [2, 'read', null, [], 10, 12]),
    );
    expect(status).toBe('violated');
    expect(reason).toBe(
      '7 was lost: process 0 added it (0 to 5 us), and then process 2 read the set without it (10 to 12 us), and no read ' +
        'begun later saw it',
    );
    expect(evidence.minimal?.map(({ id }) => id)).toEqual([0, 2]);
    expect(counts['lost']).toBe(1);
  });

  it('measures how long an element known was missed, and forbids it only when told to be linearizable', () => {
    const history = historyOf(
      [0, 'broadcast', 7, null, 0, 5],
      [1, 'read', null, [], 25, 28],
      [2, 'read', null, [7], 30, 32],
    );
    const verdict = checkSetFull(history);
    expect(verdict.status).toBe('holds');
    expect(verdict.measures).toEqual({ staleP50: 20, staleP99: 20, staleMax: 20 });
    expect(verdict.reason).toContain('worth knowing: 7 was missed for a while');
    expect(checkSetFull(history, { linearizable: true }).status).toBe('violated');
  });

  it('an element of unknown outcome may be absent, but not once somebody saw it', () => {
    const add = [0, 'add', 7, null, 0, null] as const;
    expect(checkSetFull(historyOf(add, [1, 'read', null, [], 25, 28])).status).toBe('holds');
    const seen = checkSetFull(historyOf(add, [1, 'read', null, [7], 5, 8], [1, 'read', null, [], 25, 28]));
    expect(seen.evidence.minimal).toHaveLength(3);
    expect(seen.reason).toContain('process 1 saw it (5 to 8 us)');
  });

  it('says plainly when there was nothing to examine, and what it left out', () => {
    const { status, reason, evidence } = checkSetFull(
      historyOf([0, 'add', 7, null, 0, 5], [1, 'write', 7, null, 6, 9]),
    );
    expect({ status, examined: evidence.examined }).toEqual({ status: 'holds', examined: 0 });
    expect(reason).toBe('nothing was examined: the set was never read; 1 operation of other kinds left out');
  });

  it('keeps sets with different keys apart, and refuses a history without real time', () => {
    const history = historyOf(
      [0, 'add', 7, null, 0, 5, { key: 'x' }],
      [1, 'read', null, [], 25, 28, { key: 'y' }],
    );
    expect(checkSetFull(history).status).toBe('holds');
    expect(() => checkSetFull({ ...history, order: 'session' })).toThrow(
      /Cannot judge the history by 'set-full'/,
    );
  });
});

describe('set-final', () => {
  it('agrees with its definition on 10,000 random histories, with findings that show themselves', () => {
    const seen = expectAgreement(setFinalChecker, setStep, 10_000, ({ operations }) => {
      const counts = { lost: 0, unexpected: 0, recovered: 0 };
      const last = operations.findLast((o) => o.f === 'read' && o.outcome === 'ok');
      if (last === undefined) return counts;
      for (const value of VALUES) {
        const adds = operations.filter(
          (o) =>
            o.f === 'add' && o.outcome !== 'fail' && o.input === value && o.invokedAt <= last.completedAt,
        );
        const isAcknowledged = adds.some((add) => add.outcome === 'ok' && add.completedAt < last.invokedAt);
        if (isAcknowledged && !sees(last, value)) counts.lost++;
        if (!sees(last, value) || isAcknowledged) continue;
        if (adds.length === 0) counts.unexpected++;
        else if (adds.at(-1)?.outcome === 'unknown') counts.recovered++;
      }
      return counts;
    });
    for (const kind of ['lost', 'unexpected', 'recovered']) expect(seen.get(kind) ?? 0).toBeGreaterThan(100);
  });

  it('looks at the last read alone', () => {
    const early = [1, 'read', null, [9], 6, 8] as const;
    const history = historyOf([0, 'add', 7, null, 0, 5], early, [2, 'read', null, [7], 10, 12]);
    expect(checkSetFinal(history)).toMatchObject({
      status: 'holds',
      reason: '1 element acknowledged, and all of them in the last read of 1 set',
    });
    expect(checkSetFinal(historyOf([0, 'add', 7, null, 0, 5])).evidence.examined).toBe(0);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { INVARIANT_QUESTIONS, invariantGaps, type InvariantModel } from '../../src/index.ts';
import { CASEBOOK, caseNamed } from '../casebook/support.ts';

const DESIGNS = ['payment-capture', 'inventory', 'job-scheduler', 'user-profile'];

function modelOf(name: string): InvariantModel {
  return JSON.parse(readFileSync(join(CASEBOOK, name, 'invariants.json'), 'utf8')) as InvariantModel;
}

const numbers = (file: unknown, injected: Parameters<typeof invariantGaps>[1] = []): string[] =>
  invariantGaps(file, injected).map(({ invariant, question }) => `${invariant} ${question}`);

describe('the seven questions of an invariant', () => {
  it('S1.30 the model file of each design answers all seven for every promise that its runs judge', async () => {
    for (const name of DESIGNS) {
      const { experiments, pairs } = await caseNamed(name);
      const model = modelOf(name);
      // What is done to the system in any of its experiments was considered.
      const used = [...new Set((pairs ?? []).map(({ better }) => better))];
      const promised = used.flatMap((key) => experiments[key]?.subject.promises ?? []);
      const injected = used.flatMap((key) => experiments[key]?.faults.flatMap(({ kinds }) => kinds) ?? []);
      expect(injected.length).toBeGreaterThan(2);
      expect({ name, gaps: invariantGaps(model, [...new Set(injected)]) }).toEqual({ name, gaps: [] });
      const names = model.invariants.map((invariant) => invariant.name);
      expect({ name, names: names.toSorted() }).toEqual({ name, names: [...new Set(promised)].toSorted() });
    }
  });

  it('S1.30 the lint names each question that is not answered by its number, and no other', () => {
    const model = modelOf('payment-capture');
    const [first, ...rest] = model.invariants;
    if (first === undefined) expect.fail('an invariant');
    for (const question of Object.keys(INVARIANT_QUESTIONS)) {
      const without: Record<string, unknown> = { ...first };
      delete without[question];
      const gap = [`${first.name} ${question}`];
      expect(numbers({ ...model, invariants: [without, ...rest] })).toEqual(gap);
      const empty = question === 'IV7' ? [] : 'n/a';
      expect(numbers({ ...model, invariants: [...rest, { ...first, [question]: empty }] })).toEqual(gap);
    }
    expect(invariantGaps({ ...model, invariants: [{ ...first, IV4: '?' }] })[0]?.message).toBe(
      `IV4 of '${first.name}' is not answered: What must be visible to users at once?`,
    );
  });

  it('S1.30 two authorities are a gap of the sixth, and a fault that is injected and not named one of the seventh', () => {
    const [first] = modelOf('payment-capture').invariants;
    if (first === undefined) expect.fail('an invariant');
    expect(numbers({ invariants: [{ ...first, IV6: 'the database and the provider' }] })).toEqual([
      `${first.name} IV6`,
    ]);
    const gaps = invariantGaps({ invariants: [{ ...first, IV7: ['crash'] }] }, ['crash', 'clock-step']);
    expect(gaps.map(({ message }) => message)).toEqual([
      `IV7 of '${first.name}' does not name clock-step, which is injected: Which failures were considered?`,
    ]);
  });

  it('S1.30 what is no model is said to be none', () => {
    for (const file of [null, 7, {}, { invariants: [] }, { invariants: 'all' }])
      expect(numbers(file)).toEqual([' IV0']);
    expect(numbers({ invariants: [null] })).toHaveLength(7);
  });
});

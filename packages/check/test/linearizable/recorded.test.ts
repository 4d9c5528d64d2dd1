import { describe, expect, it } from 'vitest';
import { checkLinearizable } from '../../src/linearizable/check.ts';
import { casRegisterModel } from '../../src/models/casRegister.ts';
import { kvModel } from '../../src/models/kv.ts';
import { etcdTable, fixture } from './fixtures.ts';

describe('recorded histories', () => {
  it('S1.13 the verdicts on 52 Jepsen histories of etcd equal the published table, in under 10,000 steps', () => {
    const table = etcdTable();
    expect(table).toHaveLength(52);
    let steps = 0;
    for (const [file, linearizable] of table) {
      const verdict = checkLinearizable(fixture(`jepsen-etcd/${file}`), casRegisterModel());
      expect([file, verdict.status]).toEqual([file, linearizable ? 'holds' : 'violated']);
      steps += verdict.evidence.steps;
    }
    expect(steps).toBeLessThan(10_000);
  });

  it.each([
    ['c01-ok', 'holds'],
    ['c01-bad', 'violated'],
    ['c10-ok', 'holds'],
    ['c10-bad', 'violated'],
    ['c50-ok', 'holds'],
  ])('S1.13 the key-value history %s %s', (name, status) => {
    expect(checkLinearizable(fixture(`kv/${name}.txt`), kvModel()).status).toBe(status);
  });
});

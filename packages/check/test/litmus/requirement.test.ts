import { readFileSync } from 'node:fs';
import type { Plain } from '@holdfast/plain';
import { describe, expect, it } from 'vitest';
import { HistoryBuilder } from '../../src/history/builder.ts';
import type { History } from '../../src/history/operation.ts';
import { compileRequirement, type Requirement, RequirementError } from '../../src/litmus/requirement.ts';
import { ReplicatedStore, type SessionTracking } from '../sessions/replicatedStore.ts';

function requirement(name: string): Requirement {
  return compileRequirement(readFileSync(new URL(`./requirements/${name}.txt`, import.meta.url), 'utf8'));
}

/** Runs whose operations follow one another. */
class Run {
  private readonly history = new HistoryBuilder();
  private nowUs = 0;

  op(process: number, f: string, key: string, input: Plain, output: Plain): this {
    const id = this.history.invoke(process, f, input, this.nowUs, { key });
    this.history.complete(id, 'ok', output, this.nowUs + 1_000);
    this.nowUs += 2_000;
    return this;
  }

  wait(us: number): this {
    this.nowUs += us;
    return this;
  }

  finish(): History {
    return this.history.finish(this.nowUs);
  }
}

describe('S1.22 requirements in the words of a product', () => {
  it('S1.22 billing e-mail visible at once: a session check; passes with a session token, fails without', () => {
    const { kind, check } = requirement('billing-email');
    const run = (tracking: SessionTracking): History => {
      const store = new ReplicatedStore(2, tracking);
      store.write(1, 'billing-email/7', 1);
      store.read(1, 'billing-email/7', 1);
      store.read(2, 'other', 1);
      return store.finish();
    };
    expect(kind).toBe('session');
    expect(check(run('write-token')).status).toBe('holds');
    const failed = check(run('none'));
    expect(failed.promise).toBe('billing e-mail visible at once');
    expect(failed.status).toBe('violated');
    expect(failed.reason).toContain('process 1 read null from billing-email/7');
  });

  it('S1.22 inventory never below zero: an invariant; passes with a guarded sale, fails with check-then-act', () => {
    const { kind, check } = requirement('inventory');
    // Two shops sell the last two pieces of one; both look before either takes.
    const run = (isGuarded: boolean): History => {
      const shop = new Run();
      let stock = 3;
      const looks = [1, 2].map((process) => {
        shop.op(process, 'read', 'stock/1', null, stock);
        return { process, seen: stock };
      });
      for (const { process, seen } of looks) {
        if (isGuarded ? stock < 2 : seen < 2) continue;
        stock -= 2;
        shop.op(process, 'write', 'stock/1', stock, null);
      }
      return shop.op(3, 'read', 'stock/1', null, stock).finish();
    };
    expect(kind).toBe('invariant');
    const passed = check(run(true));
    expect(passed.status).toBe('holds');
    expect(passed.reason).toBe('4 operations, none below 0: the least number was 1');
    const failed = check(run(false));
    expect(failed.status).toBe('violated');
    expect(failed.reason).toBe('process 2 wrote -1 to stock/1 (6 to 7 ms), which is below 0');
  });

  it('S1.22 search within one minute: a lag; passes with an index 30 s behind, fails with one 90 s behind', () => {
    const { kind, check } = requirement('search');
    const run = (seconds: number): History =>
      new Run()
        .op(1, 'write', 'search/boat', 1, null)
        .wait(seconds * 1_000_000)
        .op(2, 'read', 'search/boat', null, null)
        .op(2, 'read', 'search/boat', null, 1)
        .finish();
    expect(kind).toBe('lag');
    const passed = check(run(30));
    expect(passed.status).toBe('holds');
    expect(passed.reason).toContain(
      'with reads at most 60,000 ms behind; the stalest read was 30,001 ms behind',
    );
    const failed = check(run(90));
    expect(failed.status).toBe('violated');
    expect(failed.reason).toContain('; the stalest read was 90,001 ms behind');
  });

  it('S1.22 two admins cannot own one role: compare-and-set; passes with one winner, fails with two', () => {
    const { kind, check } = requirement('roles');
    const run = (isAtomic: boolean): History => {
      const store = new Run();
      let owner: string | null = null;
      const taken = (name: string): boolean => isAtomic && owner !== null && owner !== name;
      for (const [process, name] of ['ann', 'bob'].entries()) {
        const isTaken = taken(name);
        store.op(process, 'cas', 'role/admin', [null, name], !isTaken);
        if (!isTaken) owner = name;
      }
      return store.op(3, 'read', 'role/admin', null, owner).finish();
    };
    expect(kind).toBe('cas');
    expect(check(run(true)).status).toBe('holds');
    const failed = check(run(false));
    expect(failed.status).toBe('violated');
    expect(failed.reason).toContain('process 1 changed null to "bob" on role/admin by compare-and-set');
    expect(failed.evidence.minimal?.map((o) => o.id)).toEqual([0, 1]);
  });

  it('other numbers and limits compile too', () => {
    const above = compileRequirement('load never above 10\nkeys load');
    expect(above.kind).toBe('invariant');
    expect(above.check(new Run().op(1, 'read', 'load', null, 11).finish()).status).toBe('violated');
    expect(above.check(new Run().op(1, 'read', 'loads', null, 11).finish()).status).toBe('holds');
    expect(compileRequirement('feed within 500 milliseconds\nkeys feed/*').kind).toBe('lag');
  });

  it('a requirement that cannot be checked is refused with its line and what was expected', () => {
    const fault = (source: string): string => {
      try {
        compileRequirement(source);
        return 'compiled';
      } catch (error) {
        expect(error).toBeInstanceOf(RequirementError);
        return error instanceof Error ? error.message : '';
      }
    };
    expect(fault('')).toMatch(
      /^Cannot compile line 1 of the requirement: expected '<what> visible at once', /,
    );
    expect(fault('# note\nthe site is fast\nkeys x')).toMatch(
      /^Cannot compile line 2 .*found "the site is fast"$/,
    );
    expect(fault('x visible at once')).toBe(
      `Cannot compile line 2 of the requirement: expected 'keys' and a key, or the beginning of keys and *, found ""`,
    );
    expect(fault('x visible at once\nkeys')).toMatch(/^Cannot compile line 2 /);
    expect(fault('x visible at once\nkeys a\nkeys b')).toMatch(
      /^Cannot compile line 3 .*expected nothing more/,
    );
    expect(fault('x within some seconds\nkeys a')).toMatch(/expected a number in place of 'some'/);
    expect(fault('x never below nothing\nkeys a')).toMatch(/expected a number in place of 'nothing'/);
  });
});

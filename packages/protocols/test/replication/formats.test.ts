import { hashPlain, type Plain } from '@holdfast/plain';
import { describe, expect, it } from 'vitest';
import {
  applyLogical,
  applyPages,
  applyRow,
  applyStatement,
  catchUpProjection,
  type ColumnMapping,
  emptyTable,
  execute,
  type Fold,
  layOut,
  pageChanges,
  projectionLag,
  rebuildProjection,
  replicationAnswers,
  type RowChange,
  startProjection,
  type Statement,
  type Surroundings,
  type Table,
} from '../../src/replication/index.ts';

const SCHEMA = { version: 1, columns: ['owner', 'balance'] };
const stopped = (code: string): unknown => expect.objectContaining({ code });

/** A node's own clock and dice. */
const node = (seed: number): Surroundings => {
  let count = 0;
  return { now: () => 1_000 * seed + count++, random: () => hashPlain([seed, count++]) };
};

const STATEMENTS: readonly Statement[] = [
  { kind: 'insert', id: 'a', set: { owner: { literal: 'ann' }, balance: { literal: 10 } } },
  { kind: 'insert', id: 'b', set: { owner: { literal: 'bob' }, balance: { literal: 20 } } },
  {
    kind: 'update',
    where: { column: 'owner', equals: 'ann' },
    set: { balance: { column: 'balance', plus: 5 } },
  },
  { kind: 'update', set: { balance: { column: 'balance', plus: 1 } } },
  { kind: 'delete', where: { column: 'owner', equals: 'bob' } },
];
const UNSAFE: Statement = { kind: 'update', set: { token: { random: true }, at: { now: true } } };

/** A table with all statements executed, and the rows they changed. */
function source(statements: readonly Statement[] = STATEMENTS): { table: Table; changes: RowChange[] } {
  const table = emptyTable(SCHEMA);
  return { table, changes: statements.flatMap((statement) => execute(table, statement, node(1))) };
}

describe('what is shipped to replicas', () => {
  it('S1.76 deterministic statements give equal replicas, one that uses time or random makes them differ, which a digest shows', () => {
    const { table } = source();
    const replica = emptyTable(SCHEMA);
    for (const statement of STATEMENTS) applyStatement(replica, statement, node(2));
    expect(hashPlain(replica)).toBe(hashPlain(table));
    execute(table, UNSAFE, node(1));
    expect(() => applyStatement(replica, UNSAFE, node(2))).toThrow(stopped('UNSAFE_STATEMENT'));
    applyStatement(replica, UNSAFE, node(2), { safe: false });
    expect(hashPlain(replica)).not.toBe(hashPlain(table));
  });

  it('S1.77 the same statements shipped as rows converge; reordered rows and another schema are detected', () => {
    const { table, changes } = source([...STATEMENTS, UNSAFE]);
    const replica = emptyTable(SCHEMA);
    for (const change of changes) applyRow(replica, change, 1);
    expect(replica).toEqual(table);
    for (let i = 0; i + 1 < changes.length; i++) {
      const [first, second] = [changes[i], changes[i + 1]];
      if (first?.id !== second?.id) continue;
      const reordered = [...changes];
      reordered.splice(i, 2, second as RowChange, first as RowChange);
      const other = emptyTable(SCHEMA);
      expect(() => reordered.forEach((change) => applyRow(other, change, 1))).toThrow(
        stopped('ROW_MISMATCH'),
      );
    }
    expect(() => applyRow(replica, changes[0] as RowChange, 2)).toThrow(stopped('SCHEMA_MISMATCH'));
  });

  it('S1.78 physical replication is equal byte for byte, and bytes of another storage format are refused', () => {
    const table = emptyTable(SCHEMA);
    let before = layOut(table, 7);
    const replica = layOut(table, 7);
    const other = layOut(table, 8);
    for (const statement of STATEMENTS.slice(0, 4)) {
      execute(table, statement, node(1));
      const after = layOut(table, 7);
      for (const change of pageChanges(before, after)) {
        applyPages(replica, change);
        expect(() => applyPages(other, change)).toThrow(stopped('FORMAT_MISMATCH'));
      }
      before = after;
    }
    expect(replica.pages.map((page) => [...page])).toEqual(before.pages.map((page) => [...page]));
    expect(replica.pages.length).toBeGreaterThan(1);
  });

  it('S1.79 RQ8 logical changes reach another schema by a mapping, and an unmapped column stops with its name', () => {
    const { changes } = source(STATEMENTS.slice(0, 4));
    const replica = emptyTable({ version: 2, columns: ['holder', 'cents'] });
    const mapping: ColumnMapping = {
      owner: { to: 'holder', convert: (value) => value },
      balance: { to: 'cents', convert: (value) => Number(value) * 100 },
    };
    for (const change of changes) applyLogical(replica, change, mapping);
    expect(replica.rows).toEqual({ a: { holder: 'ann', cents: 1_600 }, b: { holder: 'bob', cents: 2_100 } });
    const before = hashPlain(replica);
    const added: RowChange = { id: 'a', before: null, after: { owner: 'ann', balance: 1, limit: 5 } };
    expect(() => applyLogical(replica, added, mapping)).toThrow(/columns the mapping names: found "limit"/);
    expect(hashPlain(replica)).toBe(before);
    applyLogical(replica, added, { ...mapping, limit: null });
    expect(replica.rows['a']).toEqual({ holder: 'ann', cents: 100 });
  });
});

describe('event-sourced projections', () => {
  const fold: Fold<Record<string, number>> = (view, event) => {
    const { account, by } = event as { readonly account?: string; readonly by?: number };
    if (account === undefined || by === undefined) throw new Error('no account');
    view[account] = (view[account] ?? 0) + by;
    return view;
  };
  const log: Plain[] = Array.from({ length: 40 }, (_, i) =>
    i === 17 ? { broken: true } : { account: `a${i % 3}`, by: i },
  );

  it('S1.80 a rebuild gives the same view, lag is what is left, and a poison event is quarantined', () => {
    const live = startProjection<Record<string, number>>({});
    for (let shown = 0; shown <= log.length; shown += 4) {
      const sofar = log.slice(0, shown);
      catchUpProjection(live, sofar, fold, 3);
      expect(projectionLag(live, sofar)).toBe(shown - live.position);
    }
    expect(projectionLag(live, log)).toBeGreaterThan(0);
    catchUpProjection(live, log, fold);
    expect(projectionLag(live, log)).toBe(0);
    expect(live).toEqual(rebuildProjection({}, log, fold));
    expect(live.quarantined).toEqual([{ position: 17, event: { broken: true }, reason: 'no account' }]);
    // Without quarantine one event would stop the view for ever.
    expect(() => log.reduce<Record<string, number>>(fold, {})).toThrow('no account');
  });
});

describe('the ten questions', () => {
  it('RQ1 to RQ10 are open until they are measured, and a bad measurement is a bad answer', () => {
    expect(replicationAnswers({}).map(({ id, status }) => `${id} ${status}`)).toEqual(
      Array.from({ length: 10 }, (_, i) => `RQ${i + 1} open`),
    );
    const bad = replicationAnswers({
      digests: { underFaults: [1, 2], atTheEnd: [1, 2] },
      failover: { windowMs: 400, lost: 2, discarded: 1 },
      lag: [{ metric: 0, truth: 5 }],
      conflicts: { rule: 'last-write-wins', counted: 1, truth: 2 },
      schema: { versions: [1], applied: 3, stoppedAt: null },
      bootstrap: { writesMeanwhile: 5, missing: 1 },
      corruption: { injected: 1, found: 0, rebuilt: 0 },
    });
    expect(bad.filter(({ status }) => status === 'bad').map(({ id }) => id)).toEqual([
      'RQ1',
      'RQ3',
      'RQ5',
      'RQ6',
      'RQ8',
      'RQ9',
      'RQ10',
    ]);
    expect(bad[2]?.answer).toBe(
      'no writes for 400 ms; 2 acknowledged writes lost, 1 unacknowledged ones discarded',
    );
  });
});

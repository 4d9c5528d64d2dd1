import {
  appendLogModel,
  checkContract,
  counterModel,
  fifoQueueModel,
  HistoryBuilder,
  type History,
  kvModel,
  type Model,
  readLitmus,
  registerModel,
  setModel,
} from '@holdfast/check';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneAfterTheOther } from '../named/samples.ts';
import { both, changed, clause, cut, judged, promising, statuses } from './support.ts';

const LIN = promising('linearizable');
const HEALED = { healedAt: 100, recoverWithin: 20 };

describe('consistency, availability and durability', () => {
  const healthy = ['0 w x 1', '1 r x 1', '1 r x 1 @130-135', '2 r x 1 @140-145'];

  it('S1.12 all hold for a history that keeps its contract', () => {
    expect(statuses(judged(healthy, both(LIN), HEALED))).toBe('holds holds holds');
  });

  it.each([
    ['consistency', ['0 w x 1', '1 r x -', '1 r x 1 @130-135'], 'violated holds holds'],
    ['availability', ['0 w x 1', '1 r x 1', '1 r? x - @130-135', '2 r x 1 @140-145'], 'holds violated holds'],
    ['durability', ['0 w x 1', '1 w x 2', '2 r x 1 @130-135'], 'holds holds violated'],
  ] as const)('S1.12 %s alone breaks in one of three histories', (broken, lines, expected) => {
    const reads = broken === 'durability' ? promising('unclaimed') : LIN;
    const verdict = judged(lines, { read: reads, write: LIN }, HEALED);
    expect(statuses(verdict)).toBe(expected);
    expect(verdict[broken].evidence.minimal?.length).toBeGreaterThan(0);
    expect(verdict[broken].reason).toMatch(/^[a-z ]+: \S/);
  });

  it('what promises nothing is said to be unexamined, not to hold for a reason', () => {
    const verdict = judged(healthy, both(promising('unclaimed', { availability: 'none' })), HEALED);
    expect(statuses(verdict)).toBe('holds holds holds');
    for (const property of [verdict.consistency, verdict.availability, verdict.durability]) {
      expect(property.evidence.examined).toBe(0);
      expect(property.reason).toContain('nothing was examined');
    }
  });
});

describe('idempotent operations', () => {
  const keyed = { ...LIN, idempotent: true } as const;

  it('take effect once: a retried write that comes back over a later one is found only under the promise', () => {
    // The first attempt was never answered, the second was; then 2 was written, and 1 is back.
    const lines = ['0 w? x 1', '1 w x 1', '2 w x 2', '3 r x 1'];
    const verdict = judged(lines, { read: LIN, write: keyed });
    expect(verdict.consistency.status).toBe('violated');
    expect(verdict.consistency.evidence.minimal?.map(({ id }) => id)).toContain(3);
    expect(judged(lines, both(LIN)).consistency.status).toBe('holds');
    const right = ['0 w? x 1', '1 w x 1', '2 w x 2', '3 r x 2'];
    expect(judged(right, { read: LIN, write: keyed }).consistency.status).toBe('holds');
  });

  const log = (read: readonly string[]): History =>
    oneAfterTheOther([
      [0, 'append', 'a', null],
      [0, 'append', 'a', null],
      [1, 'read', null, read],
    ]);

  it('are not found twice in what is read', () => {
    const contract = { append: keyed, read: LIN };
    const twice = checkContract(log(['a', 'a']), contract, { model: appendLogModel() });
    const verdict = clause(twice, 'idempotent operations take effect once');
    expect(verdict.status).toBe('violated');
    expect(verdict.reason).toContain(
      '"a" took effect twice: process 1 read it twice in one answer (20 to 25 us)',
    );
    expect(statuses(checkContract(log(['a']), contract, { model: appendLogModel() }))).toBe(
      'holds holds holds',
    );
    // Without the promise the log must hold both.
    const plain = checkContract(log(['a', 'a']), { append: LIN, read: LIN }, { model: appendLogModel() });
    expect(plain.consistency.status).toBe('holds');
  });

  it('are answered the same however often they are asked, and taken out once', () => {
    const contract = {
      enqueue: { ...promising('unclaimed'), idempotent: true },
      dequeue: promising('unclaimed'),
    };
    const queue = (answers: readonly [number, number], taken: readonly number[]): History =>
      oneAfterTheOther([
        [0, 'enqueue', 7, answers[0]],
        [0, 'enqueue', 7, answers[1]],
        ...taken.map((value) => [1, 'dequeue', null, value] as const),
      ]);
    const of = (history: History): string =>
      clause(
        checkContract(history, contract, { model: fifoQueueModel() }),
        'idempotent operations take effect once',
      ).reason;
    expect(of(queue([1, 1], [7]))).toBe(
      '2 invocations of 1 idempotent operation, 1 of them invoked again, took effect at most once each',
    );
    expect(of(queue([1, 2], [7]))).toContain('was answered in two ways');
    expect(of(queue([1, 1], [7, 7]))).toContain('took it out (20 to 25 us), and process 1 took it out again');
  });
});

describe('availability', () => {
  const other = { name: 'loss 0.1', kind: 'other', from: 0, to: 50 } as const;
  const of = (
    availability: 'when-calm' | 'with-authority' | 'total',
    lines: readonly string[],
    situation = {},
  ): string => {
    const relaxed = availability === 'total' ? { duringPartition: 'serve-stale' as const } : {};
    const read = promising('unclaimed', { availability, ...relaxed });
    const verdict = judged(lines, { read, write: LIN }, { recoverWithin: 10, ...situation });
    return verdict.availability.status;
  };
  const refused = ['0 w x 1', '1 r? x - @100-100'];

  it('when-calm: an operation is answered unless something was wrong, or had been a moment ago', () => {
    expect(of('when-calm', refused)).toBe('violated');
    expect(of('when-calm', ['0 w x 1', '1 r x 1 @100-105'])).toBe('holds');
    expect(of('when-calm', refused, { faults: [{ ...other, from: 95, to: 120 }] })).toBe('holds');
    expect(of('when-calm', refused, { faults: [{ ...other, from: 80, to: 95 }] })).toBe('holds');
    expect(of('when-calm', refused, { faults: [{ ...other, from: 80, to: 85 }] })).toBe('violated');
  });

  it('with-authority: a partition excuses nobody on a side that has the authority to decide', () => {
    const faults = [cut(90, 200)];
    expect(of('with-authority', refused, { faults, authority: () => 'with' })).toBe('violated');
    expect(of('with-authority', refused, { faults, authority: () => 'without' })).toBe('holds');
    expect(of('with-authority', refused, { faults })).toBe('holds');
    expect(
      of('with-authority', refused, { faults: [...faults, { ...other, to: 200 }], authority: () => 'with' }),
    ).toBe('holds');
  });

  it('total: only a node that has failed itself need not answer', () => {
    expect(of('total', refused, { faults: [cut(90, 200)] })).toBe('violated');
    const down = { name: 'crash N2', kind: 'host', from: 90, to: 200, nodes: [2] } as const;
    expect(of('total', refused, { faults: [down] })).toBe('holds');
    const read = promising('unclaimed', { availability: 'total', duringPartition: 'serve-stale' });
    const at = changed(readLitmus(refused), ({ id }) => (id === 1 ? { node: 1 } : {}));
    const elsewhere = checkContract(at, { read, write: LIN }, { model: registerModel(), faults: [down] });
    expect(elsewhere.availability.status).toBe('violated');
  });

  it('deadlines hold while nothing is wrong', () => {
    const contract = { read: promising('linearizable', { deadline: 10 }), write: LIN };
    const late = ['0 w x 1', '1 r x 1 @100-111'];
    const verdict = judged(late, contract);
    expect(clause(verdict, 'deadlines')).toMatchObject({
      status: 'violated',
      reason: "operation 1 had to end within 10 us: process 1 invoked 'read' (100 to 111 us)",
    });
    expect(judged(['0 w x 1', '1 r x 1 @100-110'], contract).availability.status).toBe('holds');
    expect(judged(late, contract, { faults: [cut(105, 106)] }).availability.status).toBe('holds');
    expect(judged(['0 w x 1', '1 r? x - @100-100'], contract).availability.status).toBe('violated');
    const ended = { ...readLitmus(['0 w x 1', '1 r? x - @100-100']), endedAt: 105 };
    expect(checkContract(ended, contract, { model: registerModel() }).availability.status).toBe('holds');
  });

  it('after-healing: operations succeed once everything has healed and the time for recovery is over', () => {
    const late = (at: number): string =>
      judged([`0 r? x - @${at}-${at}`], both(LIN), HEALED).availability.status;
    expect(late(120)).toBe('violated');
    expect(late(119)).toBe('holds');
  });
});

describe('durability', () => {
  const lost = (history: History, f: readonly string[], model: Model, quietFrom?: number): string => {
    const contract = Object.fromEntries(f.map((name) => [name, promising('linearizable')]));
    const situation = quietFrom === undefined ? { model } : { model, healedAt: quietFrom };
    return checkContract(history, contract, situation).durability.status;
  };
  const registers = (lines: readonly string[], quietFrom = 60): string =>
    lost(readLitmus(lines), ['read', 'write'], registerModel(), quietFrom);

  it('registers: an acknowledged write is lost when every final read shows something older', () => {
    expect(registers(['0 w x 1', '1 w x 2', '2 r x 1 @100-105'])).toBe('violated');
    expect(registers(['0 w x 1', '2 r x - @100-105'])).toBe('violated');
    // Controls: replaced by a later write, by one that overlapped, perhaps by one that was never answered; stale once; never acknowledged.
    expect(registers(['0 w x 1', '1 w x 2', '2 r x 2 @100-105'])).toBe('holds');
    expect(registers(['0 w x 1 @0-15', '1 w x 2 @10-20', '2 r x 1 @100-105'])).toBe('holds');
    expect(registers(['0 w? x 1', '1 w x 2', '2 r x 1 @100-105'])).toBe('holds');
    expect(registers(['0 w x 1', '1 w x 2', '2 r x 1 @100-105', '3 r x 2 @110-115'])).toBe('holds');
    expect(registers(['0 w x 1', '1 w? x 2', '2 r x 1 @100-105'])).toBe('holds');
    expect(registers(['0 w x 1', '1 w x 2', '2 r x 9 @100-105'])).toBe('holds');
  });

  it('registers that are merged lose only what their own session had replaced', () => {
    const merging = promising('causal', { duringPartition: 'accept-and-merge' });
    const of = (lines: readonly string[]): string =>
      judged(lines, both(merging), { healedAt: 60 }).durability.status;
    expect(of(['0 w x 1', '1 w x 2', '2 r x 1 @100-105'])).toBe('holds');
    expect(of(['0 w x 1', '0 w x 2', '2 r x 1 @100-105'])).toBe('violated');
  });

  it('key-value stores: a matched compare-and-set counts as its write, a delete as one of null', () => {
    const kv = (value: string | null, remove: boolean): string =>
      lost(
        oneAfterTheOther([
          [0, 'put', 'a', null, 'x'],
          [0, 'cas', ['a', 'b'], null, 'x'],
          ...(remove ? ([[0, 'delete', null, null, 'x']] as const) : []),
          [1, 'get', null, value, 'x'],
        ]),
        ['put', 'cas', 'delete', 'get'],
        kvModel(),
      );
    expect(kv('b', false)).toBe('holds');
    expect(kv('a', false)).toBe('violated');
    expect(kv(null, false)).toBe('violated');
    expect(kv(null, true)).toBe('holds');
    expect(kv('b', true)).toBe('violated');
  });

  it('sets, logs, queues and counters: what went in is there, or came out', () => {
    const set = (elements: readonly number[]): string =>
      lost(
        oneAfterTheOther([
          [0, 'add', 1, null],
          [1, 'read', null, elements],
        ]),
        ['add', 'read'],
        setModel(),
      );
    expect([set([1]), set([])]).toEqual(['holds', 'violated']);
    const log = (elements: readonly string[]): string =>
      lost(
        oneAfterTheOther([
          [0, 'append', 'a', 0],
          [1, 'read', null, elements],
        ]),
        ['append', 'read'],
        appendLogModel(),
      );
    expect([log(['a']), log([])]).toEqual(['holds', 'violated']);
    const queue = (taken: number | null): string =>
      lost(
        oneAfterTheOther([
          [0, 'enqueue', 1, null],
          [1, 'dequeue', null, taken],
          [1, 'dequeue', null, null],
        ]),
        ['enqueue', 'dequeue'],
        fifoQueueModel(),
      );
    expect([queue(1), queue(null)]).toEqual(['holds', 'violated']);
    const counter = (value: number): string =>
      lost(
        oneAfterTheOther([
          [0, 'add', 2, null],
          [1, 'read', null, value],
        ]),
        ['add', 'read'],
        counterModel(),
      );
    expect([counter(2), counter(1), counter(3)]).toEqual(['holds', 'violated', 'holds']);
  });

  it('never accuses a history that took effect in one order, and always a last write that nobody reads', () => {
    const draft = fc.record({
      write: fc.boolean(),
      before: fc.nat(25),
      after: fc.nat(25),
      unknown: fc.nat(5),
    });
    fc.assert(
      fc.property(fc.array(draft, { minLength: 1, maxLength: 12 }), (drafts) => {
        let value: number | null = null;
        // Each takes effect at ten times its place, somewhere between its invocation and its completion.
        const operations = drafts.map(({ write, before, after, unknown }, i) => {
          if (write) value = i;
          const isOpen = write && unknown === 0;
          return {
            id: i,
            process: i,
            f: write ? 'write' : 'read',
            input: write ? i : null,
            outcome: isOpen ? ('unknown' as const) : ('ok' as const),
            output: write ? null : value,
            invokedAt: 100 + i * 10 - before,
            completedAt: isOpen ? Number.POSITIVE_INFINITY : 100 + i * 10 + after,
          };
        });
        const last = {
          id: drafts.length,
          process: 99,
          f: 'write',
          input: 77,
          outcome: 'ok' as const,
          output: null,
        };
        const final = {
          process: 100,
          f: 'read',
          input: null,
          outcome: 'ok' as const,
          invokedAt: 500,
          completedAt: 510,
        };
        const sorted = operations
          .toSorted((a, b) => a.invokedAt - b.invokedAt)
          .map((o, id) => ({ ...o, id }));
        const right = [...sorted, { ...final, id: sorted.length, output: value }];
        expect(lost({ operations: right, timeUnit: 'us' }, ['read', 'write'], registerModel(), 400)).toBe(
          'holds',
        );
        const acknowledged = sorted.filter(({ outcome }) => outcome === 'ok');
        const wrong = [
          ...acknowledged.map((o, id) => ({ ...o, id })),
          { ...last, id: acknowledged.length, invokedAt: 300, completedAt: 310 },
          {
            ...final,
            id: acknowledged.length + 1,
            output: value !== null && acknowledged.some((o) => o.input === value) ? value : null,
          },
        ];
        expect(lost({ operations: wrong, timeUnit: 'us' }, ['read', 'write'], registerModel(), 400)).toBe(
          'violated',
        );
      }),
      { seed: 43, numRuns: 400 },
    );
  });

  it('is left unjudged where it is not promised', () => {
    const builder = new HistoryBuilder();
    builder.complete(builder.invoke(0, 'add', 1, 0), 'ok', null, 5);
    builder.complete(builder.invoke(0, 'read', null, 10), 'ok', [], 15);
    const history = builder.finish(20);
    const careless = { add: promising('linearizable', { durable: false }), read: promising('unclaimed') };
    expect(checkContract(history, careless, { model: setModel() }).durability.status).toBe('holds');
    const careful = { add: promising('unclaimed', { durable: true }), read: promising('unclaimed') };
    expect(checkContract(history, careful, { model: setModel() }).durability.status).toBe('violated');
  });
});

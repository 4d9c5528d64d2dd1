import {
  checkMessageDrawing,
  concurrentPairs,
  LAMPORT_MISCONCEPTIONS,
  lamportRule,
  type MessageDrawing,
  orderOf,
  readMessageDrawing,
  stampsBy,
  VECTOR_MISCONCEPTIONS,
  wide,
} from '@holdfast/report';
import { describe, expect, it } from 'vitest';
import exercises from '../../casebook/learn/clocks/exercises.ts';
import {
  type CallClocks,
  type CodedClocks,
  type EditStore,
  type EditVersion,
  generatedTrace,
  lamportOf,
  passes,
  relationOf,
  stampSizes,
} from 'holdfast';
import { beliefsOf, named, wrongItems } from './support.ts';

const SEEDS = [1, 2, 3];

const record = <T>({ events }: MessageDrawing, values: readonly T[]): Record<string, T> =>
  Object.fromEntries(events.map(({ name }, i) => [name, values[i] as T]));
const lamportsBy = (trace: MessageDrawing, rule = lamportRule): Record<string, number> =>
  record(trace, stampsBy(trace, orderOf(trace), rule));
const vectorsOf = (trace: MessageDrawing): Record<string, readonly number[]> =>
  record(
    trace,
    trace.events.map(({ vector = [] }) => vector),
  );
/** Two concurrent events, the smaller stamp first. */
function converseOf(trace: MessageDrawing): readonly string[] {
  const pair = concurrentPairs(trace, orderOf(trace)).find(
    ([a, b]) => lamportOf(trace, a) !== lamportOf(trace, b),
  );
  return (pair ?? []).toSorted((a, b) => lamportOf(trace, a) - lamportOf(trace, b));
}

describe('clocks by hand', () => {
  it('S4.17 marks each Lamport stamp of a generated trace, and takes a pair that proves the converse false', () => {
    const exercise = named(exercises, 'lamport-by-hand');
    for (const seed of SEEDS) {
      const trace = generatedTrace(seed);
      const task = exercise.task(seed);
      expect(task.text).not.toMatch(/lamport":|\d\]/);
      const right = { ...lamportsBy(trace), converse: converseOf(trace) };
      const grade = task.grade(right);
      expect(wrongItems(grade)).toEqual([]);
      expect(grade.marks).toHaveLength(trace.events.length + 1);
      expect(passes(exercise, grade)).toBe(true);
      // Stamps in order do not make a cause; a real cause does not prove the converse false.
      const receipt = trace.events.find(({ kind }) => kind === 'receive');
      const sending = trace.events.find(
        ({ kind, message }) => kind === 'send' && message === receipt?.message,
      );
      const bad = task.grade({ ...right, converse: [sending?.name, receipt?.name] });
      expect(wrongItems(bad)).toEqual(['a pair that proves the converse false']);
      expect(beliefsOf(bad)).toEqual([expect.stringContaining('smaller Lamport stamp happened before')]);
      expect(wrongItems(task.grade({ ...right, converse: converseOf(trace).toReversed() }))).toHaveLength(1);
    }
  });

  it('S4.5 recognises and names each of the eight commonest wrong rules, on every generated trace', () => {
    expect([...LAMPORT_MISCONCEPTIONS, ...VECTOR_MISCONCEPTIONS]).toHaveLength(8);
    const exercise = named(exercises, 'pairs-by-hand');
    for (const seed of SEEDS) {
      const trace = generatedTrace(seed + 1_000_000);
      const task = exercise.task(seed);
      const pairs = Object.fromEntries(
        Object.keys((task.blank as { readonly pairs: object }).pairs).map((pair) => {
          const [a = '', b = ''] = pair.split(' ');
          return [pair, relationOf(trace, a, b)];
        }),
      );
      const right = { lamport: lamportsBy(trace), vector: vectorsOf(trace), pairs };
      expect(wrongItems(task.grade(right))).toEqual([]);
      for (const { rule, says } of LAMPORT_MISCONCEPTIONS) {
        const grade = task.grade({ ...right, lamport: lamportsBy(trace, rule) });
        expect([seed, beliefsOf(grade)]).toEqual([seed, [says]]);
      }
      for (const { rule, says } of VECTOR_MISCONCEPTIONS) {
        const wrong = stampsBy(trace, orderOf(trace), rule).map((vector) => wide(vector, 3));
        const grade = task.grade({ ...right, vector: record(trace, wrong) });
        expect([seed, beliefsOf(grade)]).toEqual([seed, [says]]);
      }
    }
  });

  it('S4.5 marks cell by cell: what follows from an earlier slip is said to, and pairs read off the stamps are named', () => {
    const trace = generatedTrace(1_000_001);
    const task = named(exercises, 'pairs-by-hand').task(1);
    const lamport = lamportsBy(trace);
    const [first, second] = trace.events.filter(({ node }) => node === 'A');
    const grade = task.grade({ lamport: { ...lamport, [first?.name ?? '']: 5, [second?.name ?? '']: 6 } });
    const of = (name: string | undefined) =>
      grade.marks.find(({ item }) => item === `Lamport stamp of ${name}`);
    expect(of(first?.name)).toMatchObject({ right: false, given: '5', expected: '1' });
    expect(of(second?.name)?.because).toContain('yours follows from your earlier ones');
    expect(of(second?.name)?.belief).toBeUndefined();
    const byStamps = Object.fromEntries(
      Object.keys((task.blank as { readonly pairs: object }).pairs).map((pair) => {
        const [a = '', b = ''] = pair.split(' ');
        return [pair, (lamport[a] ?? 0) < (lamport[b] ?? 0) ? 'before' : 'after'];
      }),
    );
    const read = task.grade({ lamport, vector: vectorsOf(trace), pairs: byStamps });
    expect(beliefsOf(read)).toEqual([expect.stringContaining('smaller Lamport stamp happened before')]);
    expect(() => task.grade({ pairs: { [Object.keys(byStamps)[0] ?? '']: 'perhaps' } })).toThrow(
      'before, after, concurrent',
    );
    expect(() => task.grade({ vector: { [first?.name ?? '']: [1, 2] } })).toThrow(
      'a list of 3 whole numbers',
    );
  });

  it('S4.18 wants exactly the concurrent pairs of the same trace, and what vectors cost over the number of actors', () => {
    const task = named(exercises, 'vectors-by-hand').task(2);
    const trace = generatedTrace(2);
    const sizes = stampSizes();
    const actors = sizes.find(({ vector }) => vector > 1_000)?.actors;
    const concurrent = concurrentPairs(trace, orderOf(trace));
    const right = { ...vectorsOf(trace), concurrent, actors, lamport: 0 };
    const grade = task.grade(right);
    expect(wrongItems(grade)).toEqual([]);
    expect(grade.artefacts?.['stamp-sizes.svg']).toContain('1000 actors');
    const [[a, b] = ['', '']] = concurrent;
    expect(wrongItems(task.grade({ ...right, concurrent: concurrent.slice(1) }))).toEqual([
      `pair ${[a, b].toSorted().join(' ')}`,
    ]);
    const cause = trace.events
      .filter(({ node }) => node === 'A')
      .slice(0, 2)
      .map(({ name }) => name);
    const extra = task.grade({ ...right, concurrent: [...concurrent, cause] });
    expect(wrongItems(extra)).toEqual([`pair ${cause.join(' ')}`]);
    // A vector grows with the actors, a Lamport stamp by the digits of its counter.
    const growth = (of: 'vector' | 'lamport'): number => (sizes.at(-1)?.[of] ?? 0) / (sizes[0]?.[of] ?? 1);
    expect(growth('vector')).toBeGreaterThan(300);
    expect(growth('lamport')).toBeLessThan(1.5);
    expect(beliefsOf(task.grade({ ...right, lamport: 100 }))).toEqual([
      'a Lamport stamp grows with the actors: it is one counter',
    ]);
  });
});

const maximum = (a: readonly number[], b: readonly number[]): number[] =>
  a.map((count, i) => Math.max(count, b[i] ?? 0));
const isWithin = (a: readonly number[], b: readonly number[]): boolean =>
  a.every((count, i) => count <= (b[i] ?? 0));
const bumped = (own: readonly number[], me: number): number[] =>
  own.map((count, i) => (i === me ? count + 1 : count));

const CLOCKS: CodedClocks = {
  lamport: { next: (own) => own + 1, receive: (own, sent) => Math.max(own, sent) + 1 },
  vector: { next: bumped, receive: (own, sent, me) => bumped(maximum(own, sent), me) },
  relation: (a, b) => {
    if (isWithin(a, b)) return 'before';
    return isWithin(b, a) ? 'after' : 'concurrent';
  },
};

describe('clocks in code', () => {
  const exercise = named(exercises, 'clocks-in-code');

  it('S4.9 runs written clocks on generated traces, classifies every pair, and keeps a drawing that verifies', () => {
    const grade = exercise.task(1).grade(CLOCKS);
    expect(wrongItems(grade)).toEqual([]);
    expect(grade.marks).toHaveLength(15);
    const drawing = readMessageDrawing(JSON.parse(grade.artefacts?.['message-trace.drawing.json'] ?? ''));
    expect(checkMessageDrawing(drawing)).toEqual([]);
    expect(grade.artefacts?.['message-trace.svg']).toContain('<svg');
  });

  it('S4.9 names the wrong rule that written clocks follow, and keeps no drawing of them', () => {
    const deaf = { ...CLOCKS, lamport: { ...CLOCKS.lamport, receive: (own: number) => own + 1 } };
    const grade = exercise.task(1).grade(deaf);
    expect(grade.artefacts).toBeUndefined();
    expect(beliefsOf(grade)).toEqual([expect.stringContaining('whatever the message says')]);
    const sums = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0);
    const total = {
      ...CLOCKS,
      relation: (a: readonly number[], b: readonly number[]) => (sums(a) < sums(b) ? 'before' : 'after'),
    };
    expect(beliefsOf(exercise.task(1).grade(total))).toEqual([
      expect.stringContaining('always in some order'),
    ]);
    const throwing = {
      ...CLOCKS,
      relation: () => {
        throw new Error('not yet');
      },
    };
    expect(exercise.task(1).grade(throwing).marks[2]).toMatchObject({
      right: false,
      because: 'it throws: not yet',
    });
    expect(() => exercise.task(1).grade({ relation: 1 })).toThrow(
      "'relation' of the default export as a function",
    );
  });
});

describe('two bugs of the wall clock', () => {
  it('S4.16 a duration by the wall clock comes out negative; by the monotonic clock it is right', () => {
    const task = named(exercises, 'negative-duration').task(1);
    const bug = (clocks: CallClocks, call: () => void): number => {
      const start = clocks.wallMs();
      call();
      return clocks.wallMs() - start;
    };
    const grade = task.grade(bug);
    expect(wrongItems(grade)).toHaveLength(3);
    expect(grade.marks[1]?.because).toBe('it says -1700 ms; it took 300 ms');
    const clamped = task.grade((clocks: CallClocks, call: () => void) => Math.max(0, bug(clocks, call)));
    expect(beliefsOf(clamped)).toContainEqual(expect.stringContaining('mended afterwards'));
    const mended = task.grade((clocks: CallClocks, call: () => void) => {
      const start = clocks.monotonicMs();
      call();
      return clocks.monotonicMs() - start;
    });
    expect(wrongItems(mended)).toEqual([]);
  });

  it('S4.16 of two edits the larger time wins over one that had read it; stamps that know what was read lose nothing', () => {
    const task = named(exercises, 'lost-edit').task(1);
    const byTime: EditStore = {
      write: (_replica, value, _read, wallMs) => ({ value, stamp: wallMs }),
      merge: (held, heard) => [
        [...held, heard].reduce((a, b) => (Number(b.stamp) > Number(a.stamp) ? b : a)),
      ],
    };
    expect(wrongItems(task.grade(byTime))).toEqual([
      'no edit gives way to one that its author had read',
      'of two edits that knew nothing of each other both are kept',
    ]);
    const keepsAll: EditStore = {
      ...byTime,
      merge: (held, heard) => [...held.filter(({ value }) => value !== heard.value), heard],
    };
    expect(beliefsOf(task.grade(keepsAll))).toEqual([
      expect.stringContaining('to keep everything is to merge'),
    ]);
    expect(wrongItems(task.grade(byVersions))).toEqual([]);
  });
});

/** A version names what it replaces: itself and all that its author had read. */
const byVersions: EditStore = {
  write: (_replica, value, read) => ({
    value,
    stamp: [value, ...new Set(read.flatMap(({ stamp }) => stamp as string[]))],
  }),
  merge: (held, heard) => {
    const all: EditVersion[] = [...held.filter(({ value }) => value !== heard.value), heard];
    return all.filter(
      ({ value }) => !all.some((other) => other.value !== value && (other.stamp as string[]).includes(value)),
    );
  },
};

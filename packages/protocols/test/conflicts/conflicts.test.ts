import { describe, expect, it } from 'vitest';
import { EMPTY_VECTOR } from '../../src/clocks/vector.ts';
import {
  conflictAnswers,
  ConflictMeter,
  type MeteredWrite,
  startVersioned,
  versionedConflictRate,
  writeVersioned,
} from '../../src/conflicts/index.ts';
import { brokenMergeLaw } from '../../src/crdt/index.ts';
import {
  leaderless,
  type LeaderlessCommand,
  type LeaderlessMessage,
  type LeaderlessOptions,
  type LeaderlessResult,
  type LeaderlessState,
  type LeaderlessWrite,
} from '../../src/leaderless/index.ts';
import { Dice } from '../raft/chaos.ts';
import { CoreGroup } from '../support/coreGroup.ts';

type Group = CoreGroup<LeaderlessState, LeaderlessMessage, LeaderlessCommand, LeaderlessResult>;

/** Two regions, each a leader of its own: it answers alone and tells the other. */
function regions(options: Partial<LeaderlessOptions> = {}): { group: Group; writes: MeteredWrite[] } {
  const group: Group = new CoreGroup(leaderless({ nodes: [1, 2], n: 2, w: 1, r: 1, ...options }), [1, 2]);
  const writes: MeteredWrite[] = [];
  group.onNote = (_id, kind, data): void => {
    const { key, dot, read } = data as LeaderlessWrite;
    if (kind === 'write' && dot !== null) writes.push({ key, dot, read });
  };
  return { group, writes };
}

const put = (value: number, key = 'x', time = value): LeaderlessCommand => ({
  kind: 'put',
  key,
  value,
  read: 'held',
  time,
});

function ask(group: Group, id: number, command: LeaderlessCommand): readonly unknown[] {
  const request = group.request(id, command);
  group.settle();
  const reply = group.replies.get(request);
  return reply?.ok === true ? reply.values : [reply];
}

describe('several leaders', () => {
  it('S1.74 concurrent writes in two regions both succeed locally and are reported as a conflict, with the rule applied', () => {
    for (const [conflict, values] of [
      ['siblings', [1, 2]],
      ['last-write-wins', [2]],
    ] as const) {
      const { group, writes } = regions({ conflict });
      const asked = [1, 2].map((id) => group.request(id, put(id)));
      // Both are answered before either hears of the other.
      expect(asked.map((request) => group.replies.get(request)?.ok)).toEqual([true, true]);
      group.settle();
      const meter = new ConflictMeter();
      for (const write of writes) meter.learn(write);
      expect(meter.pairs).toEqual([
        {
          key: 'x',
          dots: [
            ['N1', 1],
            ['N2', 1],
          ],
        },
      ]);
      for (const id of [1, 2]) expect(ask(group, id, { kind: 'get', key: 'x' })).toEqual(values);
      // A later write that has read everything is no conflict.
      ask(group, 1, put(3));
      expect(meter.learn(writes[2] as MeteredWrite)).toEqual([]);
      expect(ask(group, 2, { kind: 'get', key: 'x' })).toEqual([3]);
    }
  });
});

describe('reject on conflict', () => {
  /** Writers who read, think and write, several at once: how many rounds until all have added one. */
  const contend = (writers: number): { value: unknown; rate: number; tries: number } => {
    const held = startVersioned();
    const left = new Set(Array.from({ length: writers }, (_, i) => i));
    let tries = 0;
    for (let round = 1; left.size > 0; round++) {
      const { version, value } = held;
      for (const writer of left) {
        tries++;
        const next = Number(value ?? 0) + 1;
        const write = { client: `c${writer}`, sequence: round, expected: version, value: next };
        if (writeVersioned(held, write).ok) left.delete(writer);
      }
    }
    return { value: held.value, rate: versionedConflictRate(held), tries };
  };

  it('S1.102 a version mismatch is a conflict that changes nothing, rereading and retrying succeeds, availability falls with contention', () => {
    const held = startVersioned();
    expect(writeVersioned(held, { client: 'a', sequence: 1, expected: 0, value: 1 })).toEqual({
      ok: true,
      version: 1,
    });
    const refused = writeVersioned(held, { client: 'b', sequence: 1, expected: 0, value: 2 });
    expect(refused).toEqual({ ok: false, error: 'conflict', version: 1, value: 1 });
    expect([held.version, held.value]).toEqual([1, 1]);
    expect(writeVersioned(held, { client: 'b', sequence: 2, expected: 1, value: 2 })).toEqual({
      ok: true,
      version: 2,
    });
    const found = [1, 2, 4, 8].map(contend);
    expect(found.map(({ value }) => value)).toEqual([1, 2, 4, 8]);
    // Of n writers at once one succeeds a round: n (n + 1) / 2 tries.
    expect(found.map(({ tries }) => tries)).toEqual([1, 3, 10, 36]);
    expect(found.map(({ rate }) => rate)).toEqual([0, 1 / 3, 6 / 10, 28 / 36]);
  });

  it('CF6 catalogue 58: a request sent again after its answer was lost has one effect, and a twin without names has two', () => {
    const held = startVersioned();
    const write = { client: 'a', sequence: 1, expected: 0, value: 'one' };
    expect(writeVersioned(held, write)).toEqual(writeVersioned(held, write));
    expect([held.version, held.asked]).toEqual([1, 1]);
    // The twin rereads and writes once more, as it cannot know.
    writeVersioned(held, { client: 'b', sequence: 1, expected: held.version, value: 'one' });
    expect(held.version).toBe(2);
    expect(writeVersioned(held, { ...write, sequence: 0 + 1, client: 'b' })).toMatchObject({
      ok: true,
      version: 2,
    });
    expect(() => writeVersioned(held, { ...write, sequence: 0 })).toThrow(/sequence must be a whole number/);
  });
});

describe('the conflict checklist', () => {
  /** Random writes in two regions that hear of each other now and then; every order of learning gives the same count. */
  const run = (seed: number): { metric: number[]; truth: number; rates: number[] } => {
    const dice = new Dice(seed);
    const { group, writes } = regions();
    for (let i = 0; i < 40; i++) {
      group.request(1 + dice.below(2), put(i, dice.pick(['x', 'y'])));
      if (dice.below(3) === 0) group.settle();
    }
    group.settle();
    const meters = [1, 2].map((at) => {
      const meter = new ConflictMeter();
      const order = [...writes, ...writes.slice(0, 10)].sort(
        (a, b) => (at === 1 ? 1 : -1) * (a.dot[1] - b.dot[1]),
      );
      for (const write of order) meter.learn(write);
      return meter;
    });
    // The truth by its definition: pairs of writes on one key of which neither had read the other.
    const reads = ({ read }: MeteredWrite, { dot }: MeteredWrite): boolean => {
      const at = read.actors.indexOf(dot[0]);
      return at >= 0 && (read.counters[at] ?? 0) >= dot[1];
    };
    const pairs = writes.flatMap((a, i) =>
      writes.slice(i + 1).filter((b) => a.key === b.key && !reads(a, b) && !reads(b, a)),
    );
    return {
      metric: meters.map(({ pairs: found }) => found.length),
      truth: pairs.length,
      rates: meters.map(({ rate }) => rate),
    };
  };

  it('S1.103 CF1 CF7 the conflict rate equals the ground truth at every replica, whatever it learns first', () => {
    let conflicts = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const { metric, truth, rates } = run(seed);
      expect(metric).toEqual([truth, truth]);
      expect(rates[0]).toBe(rates[1]);
      conflicts += truth;
    }
    expect(conflicts).toBeGreaterThan(100);
  });

  it('S1.103 the seven questions are answered for three data types from what was measured', () => {
    const { metric, truth } = run(3);
    const rate = { metric: metric[0] ?? 0, truth };
    // Siblings survive a crash between conflict and resolution.
    const { group } = regions();
    for (const id of [1, 2]) group.request(id, put(id));
    group.settle();
    const before = ask(group, 1, { kind: 'get', key: 'x' }).length;
    group.restart(1);
    const after = ask(group, 1, { kind: 'get', key: 'x' }).length;
    const union = (a: readonly string[], b: readonly string[]): readonly string[] =>
      [...new Set([...a, ...b])].sort();
    const carts = [['milk'], ['bread'], ['eggs', 'milk']] as const;
    const cart = brokenMergeLaw<readonly string[]>(union, ...carts) === undefined ? 0 : 1;
    const sum = brokenMergeLaw((a: number, b: number) => a + b, 1, 2, 3);
    expect(sum?.law).toBe('idempotent');
    const shared = { concurrentPairs: truth, rate, retries: { repeated: 1, extraEffects: 0 } };
    const answers = [
      {
        dataType: 'profile',
        strategy: 'last-write-wins',
        silentLoss: { accepted: false, measured: 1 },
        ...shared,
      } as const,
      {
        dataType: 'cart',
        strategy: 'application-merge',
        silentLoss: { accepted: false, measured: 0 },
        merges: { tried: 1, broken: cart },
        afterCrash: { before, after },
        shown: { conflicts: before, exposed: after },
        ...shared,
      } as const,
      // Catalogue 114: a counter merged by a sum counts a repeated message twice.
      {
        dataType: 'counter',
        strategy: 'application-merge',
        merges: { tried: 1, broken: 1 },
        ...shared,
      } as const,
    ].map((facts) => conflictAnswers(facts).map(({ status }) => status));
    expect(answers).toEqual([
      ['good', 'bad', 'open', 'open', 'open', 'good', 'good'],
      ['good', 'good', 'good', 'good', 'good', 'good', 'good'],
      ['good', 'open', 'bad', 'open', 'open', 'good', 'good'],
    ]);
    expect(EMPTY_VECTOR.actors).toEqual([]);
  });
});

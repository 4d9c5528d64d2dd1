import { describe, expect, it } from 'vitest';
import {
  BoundsError,
  explorable,
  Exploration,
  explore,
  exploreText,
  registerSystem,
  singleCopyRegister,
  singleDecreePaxos,
  transactionCommit,
  twoPhaseCommit,
} from '../../src/index.ts';

const commit = (): ReturnType<typeof twoPhaseCommit> => twoPhaseCommit(5);

describe('what ends a search', () => {
  it('S3.23 a limit of states leaves it undecided and says what was covered', () => {
    const result = explore(commit(), {}, { maxStates: 1_000, symmetry: false });
    expect(result).toMatchObject({ status: 'undecided', end: 'states' });
    expect(result.reason).toMatch(
      /^stopped at the limit of states, 1,0\d\d states: all runs of up to \d steps/,
    );
    expect(result.properties.map(({ status }) => status)).toEqual(['undecided', 'undecided', 'undecided']);
  });

  it('S3.23 a limit of memory does', () => {
    const result = explore(twoPhaseCommit(7), {}, { maxBytes: 8_000_000, symmetry: false });
    expect(result).toMatchObject({ status: 'undecided', end: 'bytes' });
    expect(result.states).toBeLessThan(296_448);
  });

  it('S3.23 its host may cancel it', () => {
    const seen: number[] = [];
    const result = explore(
      commit(),
      {},
      {
        symmetry: false,
        progressEvery: 500,
        onProgress: ({ states }) => {
          seen.push(states);
          return seen.length < 3;
        },
      },
    );
    expect(result).toMatchObject({ status: 'undecided', end: 'cancelled' });
    expect(seen).toHaveLength(3);
  });

  it('S3.23 its host may say that there is no more memory', () => {
    const exploration = new Exploration(explorable(commit()), {}, { symmetry: false });
    exploration.advance(1_000);
    exploration.starve();
    expect(exploration.advance(1_000)).toBe(false);
    const { status, end, reason } = exploration.result();
    expect({ status, end }).toEqual({ status: 'undecided', end: 'bytes' });
    expect(reason).toMatch(/^stopped for want of memory at [\d,]+ states: all runs of up to \d steps/);
  });

  it('S3.23 it can be carried on piece by piece with the same result', () => {
    const exploration = new Exploration(explorable(commit()), {}, { symmetry: false });
    let pieces = 0;
    while (exploration.advance(100)) pieces++;
    expect(pieces).toBe(88);
    expect(exploration.result()).toEqual(explore(commit(), {}, { symmetry: false }));
  });

  it('S3.23 a bound on steps is said to hold it back', () => {
    const result = explore(commit(), { rounds: 4 }, { symmetry: false, stopAtViolation: false });
    expect(result).toMatchObject({ end: 'complete', depth: 5 });
    expect(result.reason).toMatch(/held back by bounds: rounds \d+ times$/);
    expect(result.properties.find(({ name }) => name === 'all committed')?.status).toBe('violated');
  });

  it('S3.23 a bound on steps allows so many and no more', () => {
    const initial = explore(transactionCommit(3), { rounds: 0 }, { symmetry: false });
    expect(initial).toMatchObject({ states: 1, depth: 1, reason: 'nothing can happen within these bounds' });
    const one = explore(transactionCommit(3), { rounds: 1 }, { symmetry: false });
    expect(one).toMatchObject({ states: 7, depth: 2, clipped: { rounds: 6 } });
  });

  it('S3.23 a bound on messages in flight is said to hold it back', () => {
    const model = registerSystem({ name: 'paxos', servers: 3, clients: 2, server: singleDecreePaxos });
    const result = explore(model, { inFlight: 3 }, { stopAtViolation: false });
    expect(result.clipped['inFlight']).toBeGreaterThan(0);
    expect(result.states).toBeLessThan(16_668);
  });

  it('S3.23 bounds in which nothing can happen decide nothing', () => {
    const model = registerSystem({
      name: 'register',
      servers: 1,
      clients: 1,
      server: () => singleCopyRegister(),
    });
    const result = explore(model, { inFlight: 0 });
    expect(result).toMatchObject({ status: 'undecided', reason: 'nothing can happen within these bounds' });
  });

  it('S3.23 bounds that are no counts are refused', () => {
    expect(() => explore(commit(), { crashes: -1 })).toThrow(BoundsError);
    expect(() => explore(commit(), { timers: { tick: 1.5 } })).toThrow(/timers\.tick/);
  });
});

describe('exactness', () => {
  it('S3.23 whole states compared give the same counts as fingerprints', () => {
    const fast = explore(commit(), {}, { symmetry: false });
    const exact = explore(commit(), {}, { symmetry: false, exact: true });
    const { states, generated, depth } = fast;
    expect(exact).toMatchObject({ states, generated, depth, exact: true, collisionOdds: 0, confusions: 0 });
    expect(fast.collisionOdds).toBeCloseTo((8_832 * 8_831) / 2 / 2 ** 64, 20);
  });

  it('S3.23 a result reads well', () => {
    const text = exploreText(explore(twoPhaseCommit(3), { crashes: 0 }, { symmetry: false }));
    expect(text.split('\n').slice(0, 3)).toEqual([
      'two-phase commit, 3 resource managers: holds',
      '  all 288 states were visited',
      '  288 states, 1,146 steps, depth 11; odds that any two were taken for one: 2.2e-15',
    ]);
  });

  it('S3.23 a violation comes with a shortest run', () => {
    const model = registerSystem({
      name: 'two single copies',
      servers: 2,
      clients: 2,
      server: () => singleCopyRegister(),
    });
    const result = explore(model);
    expect(result.counterexample?.property).toBe('linearizable');
    expect(result.counterexample?.steps.map(({ text }) => text)).toEqual([
      'N3 -> N1 put {"request":2,"type":"put","value":"A"}',
      'N1 -> N3 put-ok {"request":2,"type":"put-ok"}',
      'N3 -> N2 get {"request":4,"type":"get"}',
      'N2 -> N3 get-ok {"request":4,"type":"get-ok","value":""}',
    ]);
  });
});

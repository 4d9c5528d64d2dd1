import { clonePlain, hashPlain, type Plain } from '@holdfast/plain';
import { describe, expect, it } from 'vitest';
import { type Divergence, DivergenceDetector, replayVersions } from '../../src/kv/divergence.ts';
import { kv } from '../../src/kv/kv.ts';
import type { Machine } from '../../src/kv/machine.ts';

/** What a replica has at hand besides its command: different on every replica. */
interface Surroundings {
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly rate: () => number;
  /** Order in which a sum is taken. */
  readonly backwards: boolean;
}

interface Account {
  balance: number;
  at: number;
}
interface Bank {
  accounts: Record<string, Account>;
  winner: string;
  total: number;
}
type Command = { f: string; who: string; amount: number; at: number; pick: number; rate: number };

/** A machine with one of the five sources planted, or the fixed one. */
function bank(planted: string, around: Surroundings): Machine<Bank> {
  const apply = (state: Bank, command: Command): Plain => {
    const account = (state.accounts[command.who] ??= { balance: 0, at: 0 });
    // Fixed: whoever proposes puts the time, the draw and the answer of the other system into the command.
    account.at = planted === 'local clock' ? around.nowMs() : command.at;
    const rate = planted === 'external call' ? around.rate() : command.rate;
    account.balance += command.amount * rate;
    const names = Object.keys(state.accounts);
    // Fixed: an order that does not depend on how the state came about.
    if (planted !== 'map iteration order') names.sort();
    const pick = planted === 'random' ? around.random() : command.pick;
    state.winner = names[pick % names.length] ?? '';
    // Fixed: whole numbers, whose sum does not depend on the order.
    const parts = planted === 'floating point' ? [0.1, 0.2, 0.3] : [1, 2, 3];
    if (around.backwards) parts.reverse();
    state.total = parts.reduce((sum, part) => sum + part, 0);
    return state.total;
  };
  return {
    name: 'bank',
    init: () => ({ accounts: {}, winner: '', total: 0 }),
    apply: (state: Bank, command: Plain): Plain => apply(state, command as unknown as Command),
  };
}

const COMMANDS: readonly Command[] = ['zoe', 'bob', 'eve', 'bob'].map((who, i) => ({
  f: 'deposit',
  who,
  amount: 10 + i,
  at: 1_000 + i,
  pick: i + 7,
  rate: 2,
}));

/** Two replicas carry out the same log; the second one restarts from a snapshot after two commands. */
function replicas(planted: string): { divergence: Divergence | undefined; compared: number } {
  let tick = 0;
  const one = bank(planted, {
    nowMs: () => 5_000 + tick++,
    random: () => 3,
    rate: () => 2,
    backwards: false,
  });
  const two = bank(planted, {
    nowMs: () => 9_000 + tick++,
    random: () => 4,
    rate: () => 2.5,
    backwards: true,
  });
  const detector = new DivergenceDetector();
  const left = one.init();
  let right = two.init();
  let divergence: Divergence | undefined;
  COMMANDS.forEach((command, i) => {
    one.apply(left, command as Plain);
    two.apply(right, command as Plain);
    detector.observe(1, i + 1, left as unknown as Plain);
    divergence ??= detector.observe(2, i + 1, right as unknown as Plain);
    if (i === 1) right = restored(right);
  });
  return { divergence, compared: detector.compared };
}

/** A snapshot format that sorts its keys, as many do. */
function restored(state: Bank): Bank {
  const names = Object.keys(state.accounts).sort();
  const accounts = Object.fromEntries(names.map((name) => [name, state.accounts[name] as Account]));
  return clonePlain({ ...state, accounts });
}

describe('the divergence detector', () => {
  it.each([
    ['local clock', 1, 'accounts.zoe.at'],
    ['random', 2, 'winner'],
    ['external call', 1, 'accounts.zoe.balance'],
    ['map iteration order', 3, 'winner'],
    ['floating point', 1, 'total'],
  ])('S1.47 names the index and the field of a planted %s', (planted, index, field) => {
    const { divergence } = replicas(planted);
    expect(divergence).toMatchObject({ index, field, nodes: [1, 2] });
    expect(divergence?.values[0]).not.toEqual(divergence?.values[1]);
  });

  it('S1.47 is silent once each source is replaced by its fix', () => {
    expect(replicas('none')).toEqual({ divergence: undefined, compared: COMMANDS.length });
  });

  it('keeps what it compares with, not what becomes of it', () => {
    const detector = new DivergenceDetector();
    const state = { x: [1] };
    detector.observe(1, 1, state);
    state.x.push(2);
    expect(detector.observe(2, 1, { x: [1] })).toBeUndefined();
    expect(detector.observe(3, 1, { x: [1, 2] })).toMatchObject({ field: 'x[1]', values: [null, 2] });
  });

  it('forgets the oldest beyond its limit', () => {
    const detector = new DivergenceDetector(2);
    for (const index of [1, 2, 3]) detector.observe(1, index, index);
    expect(detector.observe(2, 1, 'anything')).toBeUndefined();
    expect(detector.observe(2, 3, 'anything')).toMatchObject({ index: 3, field: '' });
  });
});

describe('replay by another version', () => {
  const log: Plain[] = [
    { f: 'put', key: 'x', value: 1 },
    { f: 'append', key: 'l', value: 'a' },
    { f: 'cas', key: 'x', from: 1, to: 5 },
    { f: 'append', key: 'l', value: 'b' },
    { f: 'delete', key: 'x' },
  ];
  const DIGEST = 632_657_945;

  it('S1.46 gives the digest recorded when the log was written', () => {
    const report = replayVersions(log, kv, kv);
    expect(report).toEqual({ commands: 5, digest: hashPlain({ l: ['a', 'b'] }), divergence: undefined });
    expect(report.digest).toBe(DIGEST);
  });

  it('S1.46 names the first command an incompatible version carries out differently', () => {
    const eager: Machine<Record<string, Plain>> = {
      ...kv,
      apply: (state, command) =>
        kv.apply(
          state as never,
          (command as { f: string }).f === 'cas' ? { ...(command as object), from: 2 } : command,
        ),
    };
    expect(replayVersions(log, kv, eager).divergence).toMatchObject({
      index: 3,
      field: 'result',
      values: [true, false],
    });
  });

  it('S1.46 accepts a new state format with its declared migration, and only with it', () => {
    const wrapped: Machine<{ version: 2; data: Record<string, Plain> }> = {
      name: 'kv',
      init: () => ({ version: 2, data: {} }),
      apply: (state, command) => kv.apply(state.data as never, command),
    };
    expect(replayVersions(log, kv, wrapped).divergence).toMatchObject({ index: 1, field: 'state.data' });
    const migrate = (data: Plain): Plain => ({ version: 2, data });
    expect(replayVersions(log, kv, wrapped, migrate).divergence).toBeUndefined();
  });
});

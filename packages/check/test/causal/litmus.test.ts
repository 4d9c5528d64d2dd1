import { describe, expect, it } from 'vitest';
import { type CausalModel, checkCausal } from '../../src/causal/check.ts';
import { NotRegisterError } from '../../src/causal/errors.ts';
import { judgeCausal, judgeConverging } from '../../src/causal/causality.ts';
import { readRegisters } from '../../src/causal/registers.ts';
import { casRegisterModel } from '../../src/models/casRegister.ts';
import { counterModel } from '../../src/models/counter.ts';
import { kvModel } from '../../src/models/kv.ts';
import { registerModel } from '../../src/models/register.ts';
import { historyOf, minimalityFault } from '../litmus/build.ts';
import { Random } from '../litmus/random.ts';
import { smallWeakShape, weakHistory } from '../litmus/weakHistories.ts';

const model = registerModel();
const ALL: readonly CausalModel[] = ['causal', 'causal-memory', 'causal-convergence', 'pram'];

describe('causal consistency', () => {
  const late = historyOf('0 w x 1', '1 r x 1', '1 w y 1', '2 r y 1', '2 r x -');

  it('S1.15 rejects: A writes x, B reads x and writes y, C reads y and then the old x; the reason names the way', () => {
    const { status, reason, evidence } = checkCausal(late, model, 'causal');
    expect(status).toBe('violated');
    expect(reason).toBe(
      'process 2 read null from x (40 to 45 us), the value before any write, although process 0 wrote 1 to x (0 to 5 us) had ' +
        'come before it: process 0 wrote 1 to x (0 to 5 us), then process 1 read 1 from x (10 to 15 us), then process 1 ' +
        'wrote 1 to y (20 to 25 us), then process 2 read 1 from y (30 to 35 us), then the read',
    );
    expect(evidence.blocking?.id).toBe(4);
    expect(evidence.minimal?.map((o) => o.id)).toEqual([1, 2, 3, 4]);
  });

  it('S1.15 rejects a value that had been replaced before the read in causal order', () => {
    const stale = historyOf('0 w x 1', '1 r x 1', '1 w x 2', '2 r x 2', '2 r x 1');
    const { status, reason } = checkCausal(stale, model, 'causal');
    expect(status).toBe('violated');
    expect(reason).toBe(
      'process 2 read 1 from x (40 to 45 us), which was out of date: process 0 wrote 1 to x (0 to 5 us), then process 1 read 1 ' +
        'from x (10 to 15 us), then process 1 wrote 2 to x (20 to 25 us), which replaced it, had come before the read by way ' +
        'of process 2 read 2 from x (30 to 35 us)',
    );
  });

  it('S1.15 accepts two readers that order concurrent writes differently, which causal convergence rejects', () => {
    const differ = historyOf('0 w x 1', '1 w x 2', '2 r x 1', '2 r x 2', '3 r x 2', '3 r x 1');
    expect(ALL.map((name) => checkCausal(differ, model, name).status)).toEqual([
      'holds',
      'holds',
      'violated',
      'holds',
    ]);
    expect(checkCausal(differ, model, 'causal-convergence').reason).toContain(
      'The sessions cannot agree on one order of the writes: ',
    );
  });

  it('S1.15 rejects operations that would cause themselves', () => {
    const cyclic = historyOf('0 r x 1', '0 w y 1', '1 r y 1', '1 w x 1');
    expect(ALL.map((name) => checkCausal(cyclic, model, name).status)).toEqual([
      'violated',
      'violated',
      'violated',
      'holds',
    ]);
    expect(checkCausal(cyclic, model, 'causal').reason).toContain(
      'Each of these would have to come before itself: ',
    );
  });

  it('a read of a value that nobody wrote, or whose write failed, is named', () => {
    const { reason, evidence } = checkCausal(historyOf('0 w x 1', '1 r x 7'), model, 'causal');
    expect(reason).toBe('process 1 read 7 from x (10 to 15 us), a value that nobody wrote');
    expect(evidence.minimal?.map((o) => o.id)).toEqual([1]);
    expect(checkCausal(historyOf('0 w! x 1', '1 r x 1'), model, 'pram').reason).toBe(
      'process 1 read 1 from x (10 to 15 us), although process 0 wrote 1 to x (0 to 5 us) failed and so had no effect',
    );
  });

  it('a write of unknown outcome may have happened, or not', () => {
    for (const name of ALL) {
      expect(checkCausal(historyOf('0 w? x 1', '1 r x -', '1 r x 1'), model, name).status).toBe('holds');
      expect(checkCausal(historyOf('0 w? x 1', '1 r x -'), model, name).status).toBe('holds');
      expect(checkCausal(historyOf('0 w? x 1', '1 r x 1', '1 r x -'), model, name).status).toBe('violated');
    }
  });
});

describe('what the judges of reads and writes take', () => {
  it('refuses other operations with what to do instead', () => {
    const cas = { ...historyOf('0 w x 1', '0 r x 1'), timeUnit: 'us' as const };
    const [first, second] = cas.operations;
    if (first === undefined || second === undefined) throw new TypeError('Cannot go on without operations');
    const history = { ...cas, operations: [first, { ...second, f: 'cas', input: [1, 2] }] };
    expect(() => checkCausal(history, casRegisterModel(), 'causal')).toThrow(NotRegisterError);
    expect(() => checkCausal(history, casRegisterModel(), 'causal')).toThrow(
      "Cannot judge the history for causal consistency as one of plain reads and writes: operation 1 (cas) is something else to model 'cas-register'; " +
        'judge it for sequential consistency or linearizability, which take any model',
    );
    expect(() => checkCausal(cas, counterModel(), 'pram')).toThrow(
      "model 'counter' has operations of its own",
    );
  });

  it('takes gets and puts of a key-value store', () => {
    const { operations } = historyOf('0 w x 1', '1 r x 1', '1 w y 1', '2 r y 1', '2 r x -');
    const names = operations.map((o) => ({ ...o, f: o.f === 'write' ? 'put' : 'get' }));
    expect(checkCausal({ operations: names, timeUnit: 'us' }, kvModel(), 'causal').status).toBe('violated');
  });

  it('values written twice are traced to any write, and a spent budget is undecided, never a guess', () => {
    const repeated = historyOf('0 w x 1', '0 w x 2', '1 w x 1', '2 r x 2', '2 r x 1');
    for (const name of ALL) expect(checkCausal(repeated, model, name).status).toBe('holds');
    const hopeless = historyOf('0 w x 1', '0 w x 2', '0 w x 1', '0 w x 2', '0 r x 1');
    for (const name of ALL) {
      const verdict = checkCausal(hopeless, model, name);
      expect(verdict.status).toBe('violated');
      expect(verdict.reason).toContain('whichever writes of equal value 1 read came from');
    }
    const verdict = checkCausal(hopeless, model, 'causal', { stepBudget: 1 });
    expect(verdict.status).toBe('undecided');
    expect(verdict.reason).toContain('write each value once to have it decided');
  });
});

describe('evidence', () => {
  it.each(ALL)('%s: the minimal sub-history is violated and no operation of it can be spared', (name) => {
    let seen = 0;
    for (let seed = 0; seed < 700; seed++) {
      const random = new Random(seed + 50_000);
      const history = weakHistory(random, { ...smallWeakShape(random), operations: 12 });
      const verdict = checkCausal(history, model, name);
      if (verdict.status !== 'violated') continue;
      seen++;
      const fault = minimalityFault(history, model, verdict, (h) =>
        checkCausal(h, model, name, { explain: false }),
      );
      if (fault !== undefined) expect({ seed, fault, verdict }).toEqual({ seed, fault: undefined, verdict });
      expect(verdict.reason).toMatch(/process \d/);
    }
    expect(seen).toBeGreaterThan(150);
  });

  it('the order behind causal convergence keeps sessions and sources, and each read returns the last write before it', () => {
    let seen = 0;
    for (let seed = 0; seed < 1_000; seed++) {
      const random = new Random(seed + 90_000);
      const history = weakHistory(random, {
        ...smallWeakShape(random),
        operations: 14,
        repeated: 0,
        wrong: 0,
      });
      const { evidence } = checkCausal(history, model, 'causal-convergence');
      if (evidence.order === undefined) continue;
      seen++;
      const { registers } = readRegisters(history.operations, model, 'a test');
      const place = new Map(evidence.order.map((id, at) => [id, at]));
      const at = (v: number): number => place.get(registers.operations[v]?.id ?? -1) ?? -1;
      expect(place.size).toBe(registers.count);
      // What comes before each node, as sets.
      const past: Set<number>[] = [];
      for (const id of evidence.order) {
        const v = registers.operations.findIndex((o) => o.id === id);
        const from = registers.source[v] as number;
        const before = v > 0 && registers.sessionOf[v - 1] === registers.sessionOf[v] ? [v - 1] : [];
        if (from >= 0) before.push(from);
        expect(before.every((u) => at(u) < at(v))).toBe(true);
        const set = new Set(before.flatMap((u) => [u, ...(past[u] ?? [])]));
        past[v] = set;
        if (from === -2) continue;
        const writes = [...set].filter(
          (u) => registers.source[u] === -2 && registers.keyOf[u] === registers.keyOf[v],
        );
        const last = writes.sort((a, b) => at(b) - at(a))[0] ?? -1;
        expect(last).toBe(from);
      }
    }
    expect(seen).toBeGreaterThan(300);
  });

  it('blocks of one session at a time come to the same verdict', () => {
    let violated = 0;
    for (let seed = 0; seed < 2_000; seed++) {
      const random = new Random(seed + 20_000);
      const history = weakHistory(random, { ...smallWeakShape(random), operations: 14, repeated: 0 });
      const { registers, sourceless } = readRegisters(history.operations, model, 'a test');
      if (sourceless !== undefined) continue;
      for (const judge of [judgeCausal, judgeConverging]) {
        const whole = judge(registers).breach !== undefined;
        expect(judge(registers, 1).breach !== undefined).toBe(whole);
        if (whole) violated++;
      }
    }
    expect(violated).toBeGreaterThan(300);
  });
});

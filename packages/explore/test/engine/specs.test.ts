import { encodePlain } from '@holdfast/plain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explore, type Spec, SpecError } from '../../src/index.ts';

/** Three small counters and a word, moved by rules that read some and write others. */
interface Small {
  counter: number[];
  word: string;
  flags: Record<'up' | 'down', boolean>;
}

/** When counter `reads` is `equals` (and, where given, the word is), add to counter `adds`, choosing among some. */
interface Rule {
  readonly reads: number;
  readonly equals: number;
  readonly word: string | null;
  readonly adds: number;
  readonly by: readonly number[];
  readonly says: string | null;
  readonly flips: boolean;
}

const MODULUS = 4;

/** The rule as a specification has it: changes in place, choices picked. */
function ruleAction(rule: Rule, name: string): Spec<Small>['actions'][number] {
  return {
    name,
    run(s, pick): boolean {
      if (s.counter[rule.reads] !== rule.equals) return false;
      if (rule.word !== null && s.word !== rule.word) return false;
      s.counter[rule.adds] = ((s.counter[rule.adds] ?? 0) + pick(rule.by)) % MODULUS;
      if (rule.says !== null) s.word = rule.says;
      if (rule.flips) s.flags.up = !s.flags.up;
      return true;
    },
  };
}

/** The same rule on whole copies. */
function ruleSteps(rule: Rule, s: Small): Small[] {
  if (s.counter[rule.reads] !== rule.equals || (rule.word !== null && s.word !== rule.word)) return [];
  return rule.by.map((by) => ({
    counter: s.counter.map((value, i) => (i === rule.adds ? (value + by) % MODULUS : value)),
    word: rule.says ?? s.word,
    flags: rule.flips ? { ...s.flags, up: !s.flags.up } : s.flags,
  }));
}

function naive(init: Small, rules: readonly Rule[]): { states: number; generated: number; depth: number } {
  const seen = new Set<string>([encodePlain(init)]);
  let level = [init];
  let generated = 1;
  let depth = 0;
  while (level.length > 0) {
    depth++;
    const next: Small[] = [];
    for (const state of level) {
      for (const successor of rules.flatMap((rule) => ruleSteps(rule, state))) {
        generated++;
        const key = encodePlain(successor);
        if (seen.has(key)) continue;
        seen.add(key);
        next.push(successor);
      }
    }
    level = next;
  }
  return { states: seen.size, generated, depth };
}

const rule: fc.Arbitrary<Rule> = fc.record({
  reads: fc.nat(2),
  equals: fc.nat(MODULUS - 1),
  word: fc.constantFrom(null, 'a', 'b'),
  adds: fc.nat(2),
  by: fc.array(fc.nat(MODULUS - 1), { maxLength: 3 }),
  says: fc.constantFrom(null, 'a', 'b', 'c'),
  flips: fc.boolean(),
});

const START: Small = { counter: [0, 0, 0], word: 'a', flags: { up: true, down: false } };

describe('specifications', () => {
  it('S3.23 random rules have the same states, steps and depth as the plainest search', () => {
    let states = 0;
    fc.assert(
      fc.property(fc.array(rule, { minLength: 4, maxLength: 14 }), (rules) => {
        const spec: Spec<Small> = {
          name: 'rules',
          init: [START],
          actions: rules.map((each, i) => ruleAction(each, `rule ${i}`)),
        };
        const expected = naive(START, rules);
        for (const exact of [false, true])
          expect(explore(spec, {}, { exact })).toMatchObject(expected.states === 1 ? {} : expected);
        states += expected.states;
      }),
      { seed: 7, numRuns: 300 },
    );
    expect(states).toBeGreaterThan(2_000);
  });

  it('S3.23 code runs twice for each view it takes of the state, to compare, and not for each state', () => {
    const rules: Rule[] = [0, 1, 2].map((i) => ({
      reads: i,
      equals: 0,
      word: null,
      adds: i,
      by: [1],
      says: null,
      flips: false,
    }));
    const spec: Spec<Small> = {
      name: 'three switches',
      init: [START],
      actions: rules.map((each, i) => ruleAction(each, `rule ${i}`)),
    };
    const { states, work } = explore(spec);
    expect(states).toBe(8);
    expect(work.calls).toBe(2 * 6);
  });

  it('S3.23 a whole array may be assigned, and read by any method', () => {
    const spec: Spec<{ list: number[] }> = {
      name: 'rotation',
      init: [{ list: [1, 2, 3] }],
      actions: [
        {
          name: 'rotate',
          run(s): void {
            s.list = [...s.list.slice(1), s.list[0] ?? 0];
          },
        },
      ],
      always: {
        'same sum': ({ list }) => list.reduce((a, b) => a + b, 0) === 6 && list.length === 3,
        'entries agree': (s) => Object.values(s.list).every((value, i) => s.list.indexOf(value) === i),
      },
    };
    expect(explore(spec)).toMatchObject({ states: 3, generated: 4, status: 'holds' });
  });

  it('S3.23 a state that nothing leaves is judged by terminal properties', () => {
    const spec = (end: number): Spec<{ x: number }> => ({
      name: 'climb',
      init: [{ x: 0 }],
      actions: [{ name: 'up', run: (s) => s.x < end && ((s.x += 1), true) }],
      terminal: { 'ends at the top': ({ x }) => x === 3 },
    });
    expect(explore(spec(3)).status).toBe('holds');
    const early = explore(spec(2));
    expect(early.status).toBe('violated');
    expect(early.counterexample?.steps.map(({ text }) => text)).toEqual(['up', 'up']);
  });

  it('S3.23 what has no shape is refused with a reason', () => {
    const with2 = (
      init: readonly { list: number[] }[],
      run: (s: { list: number[] }) => void,
    ): Spec<{ list: number[] }> => ({
      name: 'shapes',
      init,
      actions: [{ name: 'act', run }],
    });
    const act = (run: (s: { list: number[] }) => void): (() => unknown) => {
      return () => explore(with2([{ list: [1] }], run));
    };
    expect(() => explore(with2([], () => undefined))).toThrow(/needs an initial state/);
    expect(() => explore(with2([{ list: [1] }, { list: [1, 2] }], () => undefined))).toThrow(SpecError);
    expect(act((s) => s.list.push(2))).toThrow(/must keep its elements/);
    expect(act((s) => (s.list = [1, 2]))).toThrow(/must keep its elements/);
    expect(act((s) => Object.assign(s, { other: 1 }))).toThrow(/does not have: 'other'/);
  });
});
